import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { placeKey } from "#inventory/line.ts";
import { placeSchema, textSchema } from "#outcome/grant-schema.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { outcomeSchema } from "#outcome/schema.ts";
import type { JudgedPlace } from "#sweep/judge-lines.ts";
import { type Line, linesOf, type Output, parsedLine } from "../ndjson.ts";

/** The version of the format. A reader refuses any other. */
const planVersion = 1;

/** The first line of a plan. */
interface PlanHeader {
  readonly line: "plan";
  readonly version: typeof planVersion;
  /** The id of the sweep. */
  readonly id: string;
  /** When the listing began, in ISO 8601. */
  readonly startedAt: string;
  readonly policy: { readonly sha256: string };
}

/** A place in a plan, with how completely it was listed. */
export interface PlanPlace extends JudgedPlace {
  readonly line: "place";
}

/** A line of a plan between the first and the last: a violation, or, after those of a place, the place. */
export type PlanLine = { readonly line: "outcome"; readonly outcome: Outcome } | PlanPlace;

/** What a plan has in total: grants that were listed, and violations that would be revoked, or only reported. */
export interface PlanTotals {
  readonly grants: number;
  readonly revoke: number;
  readonly report: number;
}

/** The last line: the totals, and the SHA-256 of all lines before it. */
interface PlanEnd extends PlanTotals {
  readonly line: "end";
  readonly sha256: string;
}

const count = z.int().check(z.gte(0));
const time = z.iso.datetime();
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const version = z.literal(planVersion);

const header: z.ZodMiniType<PlanHeader> = z.strictObject({
  line: z.literal("plan"),
  version,
  id: z.uuid(),
  startedAt: time,
  policy: z.strictObject({ sha256 }),
});

const line: z.ZodMiniType<PlanLine | PlanEnd> = z.discriminatedUnion("line", [
  z.strictObject({ line: z.literal("outcome"), outcome: outcomeSchema }),
  z.strictObject({
    line: z.literal("place"),
    place: placeSchema,
    listedAt: time,
    complete: z.boolean(),
    grants: count,
    problems: z.array(textSchema),
  }),
  z.strictObject({ line: z.literal("end"), grants: count, revoke: count, report: count, sha256 }),
]);

/** A plan that is being written. */
export interface PlanWriter {
  write(line: PlanHeader | PlanLine): Promise<void>;
  /** Writes the last line, and returns the SHA-256 of the file in hexadecimal. */
  end(totals: PlanTotals): Promise<string>;
}

/** Writes a plan to an output. */
export function planWriter(output: Output): PlanWriter {
  const hash = createHash("sha256");
  const add = async (line: object) => {
    const lineText = `${JSON.stringify(line)}\n`;
    hash.update(lineText);
    await output.write(lineText);
  };
  return {
    write: add,
    async end(totals) {
      await add({ line: "end", ...totals, sha256: hash.copy().digest("hex") });
      await output.end();
      return hash.digest("hex");
    },
  };
}

/** What a plan's first and last lines say. */
export interface PlanSummary {
  readonly header: PlanHeader;
  readonly totals: PlanTotals;
  /** The SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a plan and calls `onLine` for each line between the first and the last. Throws a UsageError for a file that is not a whole plan,
 * or whose digest is of other lines: until this has ended, nothing that was read counts.
 */
export async function readPlan(file: string, onLine: (line: PlanLine) => void = () => {}): Promise<PlanSummary> {
  const hash = createHash("sha256");
  const seen = { grants: 0, revoke: 0, report: 0 };
  let first: PlanHeader | undefined;
  let last: PlanEnd | undefined;
  // Violations are printed with their place, so none may lack it.
  const open = new Set<string>();
  for await (const each of linesOf(file)) {
    if (!each.isWhole) throw cutOff(file);
    if (last) throw edited(file, each, "a line follows the last one");
    if (!first) {
      first = headerOf(file, each);
    } else {
      const next = planLine(file, each);
      if (next.line === "outcome") open.add(placeKey(next.outcome.grant.place));
      if (next.line === "place") open.delete(placeKey(next.place));
      if (next.line !== "end") onLine(counted(next, seen));
      else if (next.sha256 === hash.copy().digest("hex")) last = next;
      else throw edited(file, each, "its digest is of other lines");
    }
    hash.update(`${each.text}\n`);
  }
  if (!first || !last) throw cutOff(file);
  if (open.size > 0) throw new UsageError(`${printable(file)}: the plan was edited: the line of a place is missing; make a new one`);
  const { grants, revoke, report } = last;
  if (grants !== seen.grants || revoke !== seen.revoke || report !== seen.report)
    throw new UsageError(`${printable(file)}: the plan's totals are not those of its lines: make a new one`);
  return { header: first, totals: seen, sha256: hash.digest("hex") };
}

function counted(each: PlanLine, seen: { grants: number; revoke: number; report: number }): PlanLine {
  if (each.line === "place") seen.grants += each.grants;
  else seen[isPlanned(each.outcome) ? "revoke" : "report"]++;
  return each;
}

/** True for an outcome of which applying the plan revokes the grant. */
export function isPlanned(planned: Outcome): boolean {
  return planned.result === "reported" && planned.wouldRevoke === true;
}

function headerOf(file: string, each: Line): PlanHeader {
  const parsed = header.safeParse(parsedLine(file, each));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${printable(file)}: not a plan of this version: make one with ingress-warden sweep --out FILE`);
}

function planLine(file: string, each: Line): PlanLine | PlanEnd {
  const parsed = line.safeParse(parsedLine(file, each));
  const isViolation = ({ sweep, result }: Outcome) => sweep !== undefined && result === "reported";
  if (parsed.success && (parsed.data.line !== "outcome" || isViolation(parsed.data.outcome))) return parsed.data;
  throw edited(file, each, "the line is not of a plan");
}

function cutOff(file: string): UsageError {
  return new UsageError(`${printable(file)}: the plan was cut off: make a new one`);
}

function edited(file: string, { number }: Line, why: string): UsageError {
  return new UsageError(`${printable(file)}:${number}: the plan was edited: ${why}; make a new one`);
}
