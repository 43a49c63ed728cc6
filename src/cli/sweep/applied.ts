import { open, readFile } from "node:fs/promises";
import * as z from "zod/mini";
import type { Grant } from "#domain/grant.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { grantKey } from "#inventory/grant-key.ts";
import { grantSchema } from "#outcome/grant-schema.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { outcomeSchema } from "#outcome/schema.ts";

/** A line of the file that records how far the applying of a plan is: `begun` is written before AWS is asked to revoke. */
type AppliedLine =
  | { readonly line: "applied"; readonly plan: string }
  | { readonly line: "begun"; readonly grant: Grant; readonly undo: string }
  | { readonly line: "outcome"; readonly outcome: Outcome };

const appliedLine: z.ZodMiniType<AppliedLine> = z.discriminatedUnion("line", [
  z.strictObject({ line: z.literal("applied"), plan: z.string() }),
  z.strictObject({ line: z.literal("begun"), grant: grantSchema, undo: z.string() }),
  z.strictObject({ line: z.literal("outcome"), outcome: outcomeSchema }),
]);

/** How far the applying of a plan is. */
export interface Applied {
  /** The last outcome of each grant, by its key. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** The undo of each revoke that was begun, by the key of its grant. */
  readonly begun: ReadonlyMap<string, string>;
  /** Adds lines, and returns when they are on the disk. */
  record(lines: readonly AppliedLine[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file beside a plan that records how far its applying is, or creates it. `plan` is the SHA-256 of the plan's file. A line that
 * a crash cut off is ignored. Throws a UsageError when the file is of another plan, or cannot be written.
 */
export async function openApplied(planFile: string, plan: string): Promise<Applied> {
  const file = `${planFile}.applied.ndjson`;
  const handle = await open(file, "a+").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${printable(file)} cannot be written (${cause.code}): the progress is recorded there`, { cause });
  });
  const outcomes = new Map<string, Outcome>();
  const begun = new Map<string, string>();
  const lines = (await readFile(file, "utf8")).split("\n");
  const cutOff = lines.pop() ?? "";
  for (const [index, text] of lines.entries()) {
    const data = readLine(text, index);
    if (!data)
      throw new UsageError(
        `${printable(file)}:${index + 1}: no line of a plan's progress: restore the file, as it has the undo of every revoke`,
      );
    if (data.line === "applied" && data.plan !== plan)
      throw new UsageError(`${printable(file)} is of another plan: give the plan another name, or move that file away`);
    if (data.line === "begun") begun.set(grantKey(data.grant), data.undo);
    if (data.line === "outcome") outcomes.set(grantKey(data.outcome.grant), data.outcome);
  }
  if (cutOff !== "") await handle.truncate(Buffer.byteLength(lines.map((each) => `${each}\n`).join("")));
  const record = async (added: readonly AppliedLine[]) => {
    await handle.appendFile(added.map((each) => `${JSON.stringify(each)}\n`).join(""));
    await handle.sync();
  };
  if (lines.length === 0) await record([{ line: "applied", plan }]);
  return { outcomes, begun, record, close: () => handle.close() };
}

/** Returns a line; undefined when it is not one. The first is of the plan, and no other. */
function readLine(text: string, index: number): AppliedLine | undefined {
  try {
    const parsed = appliedLine.safeParse(JSON.parse(text));
    return parsed.success && (parsed.data.line === "applied") === (index === 0) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
