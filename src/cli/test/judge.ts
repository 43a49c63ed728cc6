import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Decision } from "#domain/decide.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PolicyFile } from "#policy/file.ts";
import { endUnder, explanationOf } from "../explain/explanation.ts";
import { grantsOf } from "../explain/grant-flags.ts";
import { judgeOnly } from "../replay/judge-only.ts";
import type { Sandbox } from "../replay/sandbox.ts";
import type { Case, GrantWords } from "./case.ts";

/** What the policy decided on a case: the decision, and lines that explain it. */
export interface Judged {
  readonly decision: Decision;
  readonly nearest?: object | undefined;
}

/** Decides on a case. Throws a UsageError for a case that the policy can judge in two ways, or not at all. `sandbox` starts the emulator. */
export async function judgeCase(
  each: Case,
  policy: PolicyFile,
  at: number,
  folder: string,
  sandbox: () => Promise<Sandbox>,
): Promise<Judged> {
  return each.grant ? ofGrant(each.grant, policy, at) : ofEvent(resolve(folder, each.event ?? ""), policy, at, await sandbox());
}

function ofGrant(words: GrantWords, policy: PolicyFile, at: number): Judged {
  const { securityGroup, prefixList, ...flags } = words;
  const grants = grantsOf({ ...flags, "security-group": securityGroup, "prefix-list": prefixList });
  const ends = new Set(grants.map((grant) => endUnder(grant, policy, at).replace(/,.*/, "")));
  if (ends.size > 1)
    throw new UsageError(
      `the policy judges the calls differently: give authorization, one of ${grants.map(({ authorization }) => authorization).join(", ")}`,
    );
  const { decision, nearest } = explanationOf(grants, policy, at);
  return { decision, nearest };
}

/** Judges an event as replay does, with the emulator. All of its grants must have the same verdict. */
async function ofEvent(file: string, policy: PolicyFile, at: number, sandbox: Sandbox): Promise<Judged> {
  const { outcomes, reason } = await judgeOnly(await eventIn(file), policy, at, sandbox);
  const [first, ...others] = outcomes;
  if (!first) throw new UsageError(`${printable(file)} has no grant to judge${reason === undefined ? "" : `: ${reason}`}`);
  const other = others.find(({ decision }) => decision.verdict !== first.decision.verdict);
  if (other)
    throw new UsageError(
      `${printable(file)} has grants that are ${first.decision.verdict} and others that are ${other.decision.verdict}: write a case for each as a grant`,
    );
  return { decision: first.decision };
}

async function eventIn(file: string): Promise<unknown> {
  const json = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${printable(file)} cannot be read (${cause.code}): event is a path from the folder of the cases`, { cause });
  });
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new UsageError(`${printable(file)} is not the JSON of one event: ${shown(json, 40)}`, { cause });
  }
}
