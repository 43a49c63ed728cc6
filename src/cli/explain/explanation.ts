import { type Decision, decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { type Near, nearest } from "#domain/nearest.ts";
import { type Mode, modeFor, type Policy } from "#domain/policy.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { StatementDocument } from "#policy/schema.ts";

/** What `explain --json` prints. */
export interface Explanation {
  readonly grant: Grant;
  /** Other calls that can give this access, with the same verdict and mode. */
  readonly sameFor?: readonly string[] | undefined;
  readonly mode: Mode;
  readonly decision: Decision;
  /** The statements that permit the grant. */
  readonly permitting?: readonly StatementDocument[];
  /** The statement that comes nearest to permitting a violation, and its keys that would have to change. */
  readonly nearest?: StatementDocument | undefined;
  readonly changes?: Near["changes"] | undefined;
  /** True when the nearest statement has expired. */
  readonly expired?: boolean;
  readonly permitWith?: StatementDocument | undefined;
  readonly note?: string | undefined;
}

/** Returns how a grant ends under the policy. Calls for which this is the same are explained as one. */
export function endUnder(grant: Grant, { policy }: PolicyFile, at: number): string {
  const { verdict } = decide(grant, policy, at);
  return verdict === "violation" ? `${verdict}, ${modeFor(grant, policy)}` : verdict;
}

/** Explains the first of the grants, which end in the same way. */
export function explanationOf([grant, ...others]: readonly [Grant, ...Grant[]], { policy, document }: PolicyFile, at: number): Explanation {
  const alike = others.map(({ authorization }) => authorization);
  const sameFor = alike.length > 0 ? alike : undefined;
  const decision = decide(grant, policy, at);
  const mode = modeFor(grant, policy);
  if (decision.verdict === "permitted") {
    const permitting = document.permit.filter(({ name }) => decision.statements.includes(name));
    return { grant, sameFor, mode, decision, permitting };
  }
  const near = nearest(grant, policy, at);
  return {
    grant,
    sameFor,
    mode,
    decision,
    nearest: document.permit.find(({ name }) => name === near?.statement.name),
    changes: near?.changes,
    expired: near?.changes.includes("until") ?? false,
    permitWith: permitWith(grant),
    note: grant.source.kind === "prefixList" ? prefixListNote(policy) : undefined,
  };
}

/** What is not known of a prefix list without its entries. */
function prefixListNote({ exceptions }: Policy): string {
  const note = "the entries of the prefix list were not read: statements whose ranges cover all of them also permit it";
  const isMode = exceptions.some(({ sources }) => sources?.includes("everyone"));
  return isMode ? `${note}, and a /0 among them makes it "everyone", for which the mode differs` : note;
}
