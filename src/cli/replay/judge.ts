import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import { printable } from "#domain/text.ts";
import { InvocationError } from "#handler.ts";
import type { Outcome } from "#outcome/outcome.ts";
import type { Sandbox, Staged } from "./sandbox.ts";
import { readable } from "./watched-record.ts";

/** Why a record has no outcomes, or not all. */
export type Shortfall = "call failed" | "nothing new" | "cannot be staged" | "judged in part" | "unreadable";

/** What came of one event. */
export interface Judged extends Partial<Pick<Staged, "assumed" | "known">> {
  readonly record: CloudTrailRecord | undefined;
  readonly outcomes: readonly Outcome[];
  /** Undefined: the event was judged in full. */
  readonly shortfall?: Shortfall;
  /** Why there is a shortfall, as a printable text. */
  readonly reason?: string;
  /** The entries of the event's resource before and after; undefined without an emulator, or when AWS has no list of them. */
  readonly before?: readonly string[] | undefined;
  readonly after?: readonly string[] | undefined;
}

/** Makes the grants of an event in the sandbox, if there is one, and handles the event. */
export async function judge(event: unknown, handle: Handle, sandbox: Sandbox | undefined): Promise<Judged> {
  const record = readable(event);
  // The handler would say the same, but slowly, and a file can have millions of small values that are no records.
  if (record instanceof EventError) return { record: undefined, outcomes: [], shortfall: "unreadable", reason: record.message };
  if (!sandbox) {
    const { outcomes, ...end } = await ended(handle, event);
    return { record, outcomes, ...shortfallOf(record, outcomes, end) };
  }
  const staged = await sandbox.prepare(event);
  const before = await sandbox.entries(staged.event);
  const asked = sandbox.requests.length;
  const handled = await ended(handle, staged.event);
  // A record that needs AWS to be judged, and shows nothing to make there, finds nothing in an empty emulator.
  const isStarved = staged.isEmpty && sandbox.requests.length > asked && handled.outcomes.length === 0;
  const refusal = isStarved ? "the event shows too little to make its grants in the emulator" : staged.refusal;
  const outcomes = handled.outcomes.map((outcome) => withOwnId(outcome, staged.ownIds));
  const { assumed, known } = staged;
  return {
    record,
    outcomes,
    assumed,
    known,
    ...shortfallOf(record, outcomes, handled, refusal),
    before,
    after: await sandbox.entries(staged.event),
  };
}

/** How the handler ended. `problem`: more failed than the revokes, which have outcomes. `nothing`: why there are no outcomes. */
interface End {
  readonly problem?: string;
  readonly nothing?: string;
}

/** Handles an event. Throws an InvocationError. */
export type Handle = (event: unknown) => Promise<Pick<End, "nothing"> & { readonly outcomes: readonly Outcome[] }>;

async function ended(handle: Handle, event: unknown): Promise<End & { readonly outcomes: readonly Outcome[] }> {
  try {
    return await handle(event);
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { cause, outcomes } = error;
    return cause === undefined ? { outcomes } : { outcomes, problem: printable(cause instanceof Error ? cause.message : String(cause)) };
  }
}

/** Returns the one shortfall that a record counts for. */
function shortfallOf(
  record: CloudTrailRecord,
  outcomes: readonly Outcome[],
  { problem, nothing }: End,
  refusal?: string,
): Pick<Judged, "shortfall" | "reason"> {
  if (refusal !== undefined) return { shortfall: "cannot be staged", reason: refusal };
  if (problem !== undefined) return { shortfall: outcomes.length > 0 ? "judged in part" : "unreadable", reason: problem };
  if (outcomes.length > 0) return {};
  return { shortfall: record.failed ? "call failed" : "nothing new", ...(nothing !== undefined && { reason: nothing }) };
}

/** Returns the outcome with the id of the rule that the record shows, in place of the emulator's. */
function withOwnId(outcome: Outcome, ownIds: ReadonlyMap<string, string>): Outcome {
  const { grant } = outcome;
  const id = ownIds.get(grant.rule?.id ?? "");
  return id === undefined || !grant.rule ? outcome : { ...outcome, grant: { ...grant, rule: { ...grant.rule, id } } };
}
