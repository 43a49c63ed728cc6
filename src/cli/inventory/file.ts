import type { Place } from "#domain/place.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type EndLine, type HeaderLine, type InventoryLine, inventoryVersion, placeKey, placeOf } from "#inventory/line.ts";
import { inventorySchema } from "#inventory/schema.ts";
import { type Line, linesOf, parsedLine } from "../ndjson.ts";
import { failed, type OnLine } from "./live.ts";
import { createPlaceCheck, type PlaceCheck } from "./place-check.ts";

/** An inventory in a file. */
export interface InventoryFile {
  readonly header: HeaderLine;
  /** Reads its lines. A place whose lines end too early has a problem line. Throws a UsageError for a line that is not of an inventory. */
  read(onLine: OnLine): Promise<void>;
}

/** Opens an inventory, or standard input for `-`. Throws a UsageError. */
export async function openInventory(file: string): Promise<InventoryFile> {
  const lines = linesOf(file);
  const { value, done } = await lines.next();
  if (done) throw new UsageError(`${printable(file)}: the inventory is empty`);
  const header = readLine(file, { ...value, text: value.text.replace(/^\ufeff/, "") });
  if (header.line !== "inventory") throw notInventory(file, value);
  return {
    header,
    async read(onLine) {
      const open = new Map<string, Place>(header.places.map((place) => [placeKey(place), place]));
      const checks = new Map<string, PlaceCheck>();
      for await (const line of lines) {
        if (line.text.trim() === "") continue;
        // The end of a file that was cut off, by a full disk for instance.
        if (!line.isWhole && !isJson(line.text)) break;
        const placeLine = readLine(file, line);
        if (placeLine.line === "inventory")
          throw new UsageError(`${printable(file)}:${line.number}: a second inventory begins here: give each as a file`);
        const place = placeOf(placeLine);
        if (!open.has(placeKey(place)))
          throw new UsageError(
            `${printable(file)}:${line.number}: ${place.account} ${place.region} is not listed in line 1, or has ended before`,
          );
        const check = checks.get(placeKey(place)) ?? createPlaceCheck();
        checks.set(placeKey(place), check);
        const wrong = check.add(placeLine);
        if (wrong !== undefined) throw new UsageError(`${printable(file)}:${line.number}: not as an inventory has it: ${wrong}`);
        if (placeLine.line === "end") {
          open.delete(placeKey(place));
          checks.delete(placeKey(place));
          await endPlace(placeLine, check.contradiction(placeLine), onLine);
        } else await onLine(placeLine);
      }
      for (const place of open.values()) await failed(place, "the inventory was cut off: list the place again", onLine);
    },
  };
}

function readLine(file: string, line: Line): InventoryLine {
  const value = parsedLine(file, line);
  const parsed = inventorySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : inventoryVersion;
  if (line.number === 1 && version !== inventoryVersion)
    throw new UsageError(
      `${printable(file)} has version ${shown(version)} of the format, and this is version ${inventoryVersion}: list the places again`,
    );
  throw notInventory(file, line);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Passes on the end of a place. One that contradicts the other lines is not complete. */
async function endPlace(line: EndLine, contradiction: string | undefined, onLine: OnLine): Promise<void> {
  if (contradiction === undefined || !line.complete) return onLine(line);
  await onLine({ line: "problem", place: line.place, problem: contradiction });
  await onLine({ ...line, complete: false });
}

function notInventory(file: string, { number, text }: Line): UsageError {
  return new UsageError(
    `${printable(file)}:${number}: no line of an inventory: ${printable(text, 60)}; write one with ingress-warden inventory`,
  );
}
