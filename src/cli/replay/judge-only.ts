import { events } from "#authorizations/index.ts";
import { makeHandler, silent } from "#handler.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type Judged, judge } from "./judge.ts";
import type { Sandbox } from "./sandbox.ts";

/** Judges an event in the sandbox by a policy at a time in milliseconds since 1970. Violations are only reported. */
export function judgeOnly(event: unknown, policy: PolicyFile, at: number, sandbox: Sandbox): Promise<Judged> {
  const { aws } = sandbox;
  const setup = { policy, audit: true, watched: events, aws, home: undefined, logFor: () => silent, at, clock: Date.now };
  return judge(event, makeHandler(setup), sandbox);
}
