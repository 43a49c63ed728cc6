import { vocabulary } from "#authorizations/index.ts";
import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Learned, learn } from "#learn/learn.ts";
import type { Seen } from "#learn/pair.ts";
import { dateProblem } from "#policy/checks.ts";
import { type Command, type Flags, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { outputTo } from "../ndjson.ts";
import { readAccounts } from "../places/accounts.ts";
import { timeOf } from "../policy-flags.ts";
import { type GranterOf, readGranters } from "./granters.ts";
import { isInventory, type Listed, type ListedGrant, readInventories } from "./inventories.ts";
import { policyText } from "./policy-text.ts";
import { decisionText } from "./text.ts";

/**
 * Learns a policy from inventories and prints what a person must decide. Returns the exit code: 1 when there is no policy, 3 when there are
 * decisions to take, else 0. Throws a UsageError.
 */
export const run: Command["run"] = async ({ flags, positionals }) => {
  const until = untilOf(flags);
  const file = textFlag(flags, "out");
  for (const name of ["force", "json"]) if (flags[name] && file === undefined) throw new UsageError(`--${name} requires --out FILE`);
  const own = textFlag(flags, "own");
  if (own === "@-" && positionals.includes("-"))
    throw new UsageError("--own @- and an inventory - both read standard input: give one as a file");
  const ownAccounts = new Set<string>(own === undefined ? [] : await readAccounts(own, "--own"));
  const { inventories, events } = await inputsOf(positionals);
  const output = await outputTo(file, flags["force"] === true);
  try {
    const listed = await readInventories(inventories);
    if (listed.incomplete > 0) return incomplete(listed);
    const granterOf = await readGranters(events);
    const seen = listed.grants.map((grant) => withGranter(grant, granterOf));
    const learned = learn(seen, { own: ownAccounts, until, calls: vocabulary.calls });
    if (learned.permit.length > 0) {
      await output.write(policyText(learned.permit));
      await output.end();
    }
    await report(learned, listed, { isJson: flags["json"] === true, hasOwn: own !== undefined });
    if (learned.decisions.length > 0) return 3;
    return learned.permit.length > 0 ? 0 : 1;
  } finally {
    await output.discard();
  }
};

/** Returns the last day of the statements. Throws a UsageError. */
function untilOf(flags: Flags): string {
  const at = timeOf(flags);
  const dayAfter = (days: number) => new Date(at + days * 86_400_000).toISOString().slice(0, 10);
  const until = textFlag(flags, "until") ?? dayAfter(90);
  const problem = dateProblem(until) ?? (until < dayAfter(0) ? "is in the past: write a later date" : undefined);
  if (problem) throw new UsageError(`--until is ${shown(until)}: ${problem}`);
  return until;
}

/** Tells inventories from events. The first path must be an inventory. Throws a UsageError. */
async function inputsOf(
  paths: readonly string[],
): Promise<{ readonly inventories: readonly string[]; readonly events: readonly string[] }> {
  const [first, ...others] = paths;
  if (first === undefined) throw new UsageError("learn needs an inventory: write one with ingress-warden inventory --out FILE");
  const inventories = [first];
  const events: string[] = [];
  for (const path of others) ((await isInventory(path)) ? inventories : events).push(path);
  return { inventories, events };
}

function withGranter({ grant, firstSeen, lastSeen }: ListedGrant, granterOf: GranterOf): Seen {
  const granter = granterOf(grant);
  if (!granter) return { grant, firstSeen, lastSeen };
  return { grant, firstSeen: granter.time < firstSeen ? granter.time : firstSeen, lastSeen, granter };
}

function incomplete({ problems, incomplete: count, places }: Listed): number {
  for (const problem of problems) console.error(problem);
  console.error(
    `no policy: ${count} of ${counted(places, "place")} incomplete, and what was not listed is not unused: list the places again`,
  );
  return 1;
}

async function report(
  { permit, decisions }: Learned,
  { grants, places }: Listed,
  { isJson, hasOwn }: { isJson: boolean; hasOwn: boolean },
) {
  const printed = await outputTo(undefined);
  for (const decision of decisions)
    if (isJson) await printed.write(`${JSON.stringify(decision)}\n`);
    else console.error(`${decisionText(decision)}\n`);
  const outOfScope = grants.filter(({ grant }) => grant.stores?.length === 0).length;
  const from = `${counted(grants.length, "grant")} in ${counted(places, "place")}, ${outOfScope} out of scope`;
  console.error(`${from}: ${counted(permit.length, "statement")} learned, ${counted(decisions.length, "decision")} to take`);
  if (!hasOwn && decisions.some(({ kind }) => kind === "foreignAccount"))
    console.error("--own ACCOUNTS says which accounts are your own; without it, only the account that holds the resource is");
  if (permit.length > 0) return;
  const next =
    decisions.length > 0 ? "make one of each permitWith that you accept" : "nothing exists that it could permit, so write it by hand";
  console.error(`no policy, which needs a statement: ${next}`);
}
