import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type HeaderLine, inventoryVersion, type PlaceLine } from "#inventory/line.ts";
import { type Command, textFlag } from "../command.ts";
import { counted } from "../counted.ts";
import { outputTo } from "../ndjson.ts";
import { sourceOf } from "./source.ts";

/** Writes the inventory of the places that the flags choose. Returns the exit code: 1 when a place is incomplete. Throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals }) => {
  if (positionals.length > 0) throw new UsageError(`inventory accepts only flags, not ${shown(positionals[0])}`);
  const output = await outputTo(textFlag(flags, "out"));
  const write = (line: HeaderLine | PlaceLine) => output.write(`${JSON.stringify(line)}\n`);
  try {
    const source = await sourceOf(flags);
    const { places, startedAt } = source;
    let [incomplete, grants] = [0, 0];
    await write({ line: "inventory", version: inventoryVersion, startedAt, places });
    await source.read(async (line) => {
      if (line.line === "problem") {
        source.clear();
        console.error(`${line.place.account} ${line.place.region}: ${line.problem}`);
      }
      if (line.line === "end") grants += line.grants;
      if (line.line === "end" && !line.complete) incomplete++;
      await write(line);
    });
    await output.end();
    const lacking = incomplete > 0 ? `, ${incomplete} of them incomplete` : "";
    console.error(`${counted(places.length, "place")}${lacking}, ${counted(grants, "grant")}${source.requests()}`);
    return incomplete > 0 ? 1 : 0;
  } finally {
    await output.discard();
  }
};
