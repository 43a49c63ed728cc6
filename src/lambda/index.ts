import { fileURLToPath } from "node:url";
import { Logger } from "@aws-lambda-powertools/logger";
import { type EventEntry, events, vocabulary, watchable } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Handler, makeHandler } from "#handler.ts";
import { readPolicy } from "#policy/file.ts";
import { logEach } from "./log.ts";
import { measure } from "./metrics.ts";
import { prime } from "./prime.ts";

/** The Lambda function. A bad setting or policy fails every invocation, so that events are kept and alarms fire. */
export const handler: Handler = async (event, context) => (await ready)(event, context);

const ready = start(process.env);
// Awaited here, as Lambda gives a function its full speed only until this file is evaluated.
await ready.catch(() => {}); // Thrown again by every invocation.

async function start({ POLICY_FILE, MODE, WATCH, AWS_REGION }: NodeJS.ProcessEnv): Promise<Handler> {
  const policyFile = POLICY_FILE || fileURLToPath(new URL("policy.json", import.meta.url));
  const audit = isAudit(MODE);
  const watched = watchedBy(WATCH);
  const aws = connect();
  const log = new Logger({ serviceName: "ingress-warden" });
  const [policy] = await Promise.all([readPolicy(policyFile, vocabulary, checkedPolicy()), AWS_REGION && prime(watched, aws, AWS_REGION)]);
  return makeHandler({ audit, watched, policy, aws, logFor: logEach(log), measure, clock: Date.now });
}

declare const CHECKED_POLICY: string;

/** The SHA-256 of the policy that the build checked and put beside the bundle; undefined when the source runs unbuilt. */
function checkedPolicy(): string | undefined {
  return typeof CHECKED_POLICY === "undefined" ? undefined : CHECKED_POLICY;
}

/** True for MODE=audit. MODE can only make the policy's mode safer. Throws a UsageError for another text. */
function isAudit(mode = "policy"): boolean {
  if (!["", "policy", "enforce", "audit"].includes(mode))
    throw new UsageError(`MODE is ${JSON.stringify(mode)}: write policy, enforce or audit`);
  return mode === "audit";
}

/** The events of the services that WATCH names; all when it names none. Throws a UsageError for an unknown service. */
function watchedBy(watch = ""): readonly EventEntry[] {
  const names = watch
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) return events;
  const unknown = names.filter((name) => !watchable.includes(name));
  if (unknown.length > 0) throw new UsageError(`WATCH names ${unknown.map((name) => JSON.stringify(name))}: known are ${watchable}`);
  return events.filter(({ service }) => names.includes(service));
}
