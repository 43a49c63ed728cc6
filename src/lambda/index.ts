import { fileURLToPath } from "node:url";
import { Logger } from "@aws-lambda-powertools/logger";
import { type Entry, registry, vocabulary, watchable } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Handler, makeHandler } from "#handler.ts";
import { readPolicy } from "#policy/file.ts";
import { measure } from "./metrics.ts";
import { makeReady } from "./prime.ts";

/** The Lambda function. A bad setting or policy fails every invocation, so that events are kept and alarms ring. */
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
  const [policy] = await Promise.all([
    readPolicy(policyFile, vocabulary, checkedPolicy()),
    AWS_REGION && makeReady(watched, aws, AWS_REGION),
  ]);
  return makeHandler({ audit, watched, policy, aws, log, measure, now: Date.now });
}

declare const CHECKED_POLICY: string;

/** The SHA-256 of the policy that the build checked and put beside the bundle; undefined where nothing was built. */
function checkedPolicy(): string | undefined {
  return typeof CHECKED_POLICY === "undefined" ? undefined : CHECKED_POLICY;
}

/** MODE can only make the policy's mode safer. */
function isAudit(mode = "policy"): boolean {
  if (!["", "policy", "enforce", "audit"].includes(mode))
    throw new UsageError(`MODE is ${JSON.stringify(mode)}: write policy, enforce or audit`);
  return mode === "audit";
}

function watchedBy(watch = ""): readonly Entry[] {
  const names = watch
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) return registry;
  const unknown = names.filter((name) => !watchable.includes(name));
  if (unknown.length > 0) throw new UsageError(`WATCH names ${unknown.map((name) => JSON.stringify(name))}: known are ${watchable}`);
  return registry.filter(({ service }) => names.includes(service));
}
