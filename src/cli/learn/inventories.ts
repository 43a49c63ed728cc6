import { open, stat } from "node:fs/promises";
import type { Grant } from "#domain/grant.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { grantKey } from "#inventory/grant-key.ts";
import { type EndLine, placeKey, placeOf } from "#inventory/line.ts";
import { createPlaceViews } from "#sweep/place-view.ts";
import { openInventory } from "../inventory/file.ts";

/** A grant that the newest inventory of its place has. Times are as `Date.toISOString` writes them. */
export interface ListedGrant {
  readonly grant: Grant;
  /** When the first of the inventories that have it was listed, and the last. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** What inventories say together. */
export interface Listed {
  readonly grants: readonly ListedGrant[];
  readonly places: number;
  /** Why places are incomplete in their newest inventory, as printable lines. */
  readonly problems: readonly string[];
  readonly incomplete: number;
}

interface LatestPlace {
  readonly end: EndLine;
  readonly problems: readonly string[];
}

/**
 * Reads inventories, `-` for standard input. Of several inventories of a place, the newest one says what exists, and the others only since
 * when. Throws a UsageError.
 */
export async function readInventories(files: readonly string[]): Promise<Listed> {
  const latest = new Map<string, LatestPlace>();
  const known = new Map<string, ListedGrant>();
  for (const file of files) await readInventory(file, latest, known);
  const incomplete = [...latest.values()].filter(({ end }) => !end.complete);
  return {
    grants: [...known.values()].filter(({ grant, lastSeen }) => lastSeen === timeIn(latest.get(placeKey(grant.place))?.end)),
    places: latest.size,
    problems: incomplete.flatMap(({ end: { place }, problems }) =>
      problems.map((problem) => `${place.account} ${place.region}: ${printable(problem)}`),
    ),
    incomplete: incomplete.length,
  };
}

async function readInventory(file: string, latest: Map<string, LatestPlace>, known: Map<string, ListedGrant>): Promise<void> {
  const viewOf = createPlaceViews();
  const { read } = await openInventory(file);
  await read(async (line) => {
    const { grant, problems } = viewOf(line);
    const key = placeKey(placeOf(line));
    if (line.line === "grant" && grant) add(known, grant, timeIn(line));
    if (line.line === "end" && timeIn(line) >= timeIn(latest.get(key)?.end)) latest.set(key, { end: line, problems });
  });
}

function add(known: Map<string, ListedGrant>, grant: Grant, time: string): void {
  const key = grantKey(grant);
  const same = known.get(key);
  if (!same) known.set(key, { grant, firstSeen: time, lastSeen: time });
  else
    known.set(key, {
      grant: time >= same.lastSeen ? grant : same.grant,
      firstSeen: time < same.firstSeen ? time : same.firstSeen,
      lastSeen: time > same.lastSeen ? time : same.lastSeen,
    });
}

/** Returns when a line was listed, so that the order of texts is that of times; an empty text without a line. */
function timeIn(line: { readonly listedAt: string } | undefined): string {
  return line ? new Date(line.listedAt).toISOString() : "";
}

/** True for a file that begins as an inventory does. Standard input is one; a folder and a pipe are none. Throws a UsageError. */
export async function isInventory(path: string): Promise<boolean> {
  if (path === "-") return true;
  try {
    // What is read of a pipe is gone.
    return (await stat(path)).isFile() && /^\ufeff?\s*\{\s*"line"\s*:\s*"inventory"/.test(await startOf(path));
  } catch (cause) {
    throw new UsageError(`${printable(path)}: the file cannot be read (${(cause as NodeJS.ErrnoException).code}): check its path`, {
      cause,
    });
  }
}

async function startOf(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(256), length: 256 });
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
