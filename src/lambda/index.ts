import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { type EventEntry, events, vocabulary, watchable } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Handler, makeHandler } from "#handler.ts";
import { readPolicy } from "#policy/file.ts";
import { checkedName, policyName, sha256Of } from "#policy/packed.ts";
import { logEach } from "./log.ts";
import { measure } from "./metrics.ts";
import { prime } from "./prime.ts";

/** The Lambda function. An invalid setting or policy fails every invocation, so that events are queued and alarms fire. */
export const handler = (async (event: unknown, context?: Context) => (await handlerPromise)(event, context)) as Handler;

const handlerPromise = start(process.env);
// Awaited here, because Lambda gives a function its full CPU only while this module is evaluated.
await handlerPromise.catch(() => {}); // Every invocation throws it again.

async function start({ POLICY_FILE, MODE, WATCH, AWS_REGION }: NodeJS.ProcessEnv): Promise<Handler> {
  const policyFile = POLICY_FILE || fileURLToPath(new URL(policyName, import.meta.url));
  const audit = isAudit(MODE);
  const watched = watchedBy(WATCH);
  const aws = connect();
  const log = new Logger({ serviceName: "ingress-warden" });
  const [policy] = await Promise.all([readPolicy(policyFile, vocabulary, checkedSha256()), AWS_REGION && prime(watched, aws, AWS_REGION)]);
  return makeHandler({ audit, watched, policy, aws, logFor: logEach(log), measure, clock: Date.now });
}

/**
 * Returns the SHA-256 of the policy that was checked when it was packed; undefined when none was, or when the source runs without a
 * build. The file is part of the deployed package, so it is trusted as the code is.
 */
function checkedSha256(): string | undefined {
  try {
    return sha256Of(readFileSync(new URL(checkedName, import.meta.url), "utf8"));
  } catch {
    return undefined; // The policy is then checked now.
  }
}

/** True for MODE=audit. MODE=enforce does not change the policy's mode. Throws a UsageError for an invalid value. */
function isAudit(mode = "policy"): boolean {
  if (!["", "policy", "enforce", "audit"].includes(mode))
    throw new UsageError(`MODE is ${JSON.stringify(mode)}: write policy, enforce or audit`);
  return mode === "audit";
}

/**
 * Returns the events of the services in WATCH, a comma-separated list; all events when it is empty. Throws a UsageError for an
 * unknown service.
 */
function watchedBy(watch = ""): readonly EventEntry[] {
  const names = watch
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) return events;
  const unknown = names.filter((name) => !watchable.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `WATCH contains ${unknown.map((name) => JSON.stringify(name)).join(", ")}: valid services are ${watchable.join(", ")}`,
    );
  return events.filter(({ service }) => names.includes(service));
}
