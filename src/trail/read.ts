import { member } from "#cloudtrail/fields.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { ahead } from "./ahead.ts";
import { type Chunks, ContentError, free, open } from "./content.ts";
import { type Kind, kindOfPath } from "./kinds.ts";
import { type IsWanted, type Piece, splitter } from "./split.ts";
import { parse, unwrap } from "./unwrap.ts";
import { checkPaths, type Found, walk } from "./walk.ts";

/** One event, as EventBridge would deliver it, or why it cannot be read. `label` is its file with the position in it. Both are printable. */
export type Item = Place & ({ readonly event: unknown } | { readonly problem: string });

interface Place {
  readonly file: string;
  readonly label: string;
}

/** What a reader left out, counted while its items are taken. */
interface Skipped {
  /** Records of calls that are not wanted. */
  notWatched: number;
  /** Files that AWS writes beside a trail, and files in folders with other names than those of a trail, by kind. */
  readonly notATrail: Map<Kind | "other name", number>;
  /** Files that were read already. */
  duplicates: number;
}

/** The items of some files, and what was left out of them so far. */
export interface Trail {
  readonly items: AsyncGenerator<Item>;
  readonly skipped: Readonly<Skipped>;
}

/** Files that are read and unpacked at the same time. */
const filesAtOnce = 4;

/**
 * Reads the events in files, in folders and, for `-`, on standard input. Records of calls that `isWanted` refuses are only counted,
 * most of them without being parsed. Throws a UsageError for a path without files, and, while the items are taken, for empty input.
 */
export async function readTrail(paths: readonly string[], isWanted: IsWanted): Promise<Trail> {
  const skipped: Skipped = { notWatched: 0, notATrail: new Map(), duplicates: 0 };
  const countKind = (kind: Kind | "other name") => skipped.notATrail.set(kind, (skipped.notATrail.get(kind) ?? 0) + 1);
  await checkPaths(paths);
  const files = walk(paths, (why) => {
    if (why === "duplicate") skipped.duplicates++;
    else countKind(why);
  });
  const opened = ahead(files, filesAtOnce, async (file) => ({ file, ...(await contentOf(file)) }));
  async function* items(): AsyncGenerator<Item> {
    for await (const { file, ...content } of opened) {
      if ("problem" in content) yield { file: file.label, label: file.label, problem: content.problem };
      else if ("kind" in content) countKind(content.kind);
      else yield* itemsOf(file.label, content.chunks, { isWanted, skipped, countKind });
    }
  }
  return { items: items(), skipped };
}

interface Context {
  readonly isWanted: IsWanted;
  readonly skipped: Skipped;
  countKind(kind: Kind): void;
}

type Content = { readonly chunks: Chunks } | { readonly kind: Kind } | { readonly problem: string };

async function contentOf(file: Found): Promise<Content> {
  if ("problem" in file) return file;
  const kind = kindOfPath(file.path);
  if (kind) return { kind };
  return open(file.path, file.size).then(
    (chunks) => ({ chunks }),
    (error: Error) => ({ problem: problemOf(error) }),
  );
}

function problemOf(error: Error): string {
  return error instanceof ContentError ? error.message : `cannot be read: ${printable(error.message)}`;
}

/** Yields the items of one file, and counts what is left out. */
async function* itemsOf(file: string, chunks: Chunks, { isWanted, skipped, countKind }: Context): AsyncGenerator<Item> {
  const kinds = new Set<Kind>();
  const text = splitter(isWanted);
  let held: Piece[] = [];
  const at = (position: string) => ({ file, label: file + position });
  const takeHeld = function* () {
    for (const piece of held) yield* eventsIn(piece, positionOf(piece, text.values === 1));
    held = [];
  };
  const take = function* (pieces: Iterable<Piece>) {
    for (const piece of pieces) {
      held.push(piece);
      // The first value is named without a position if there is no second one.
      if (text.values > 1 || piece.index > 0) yield* takeHeld();
    }
  };
  const eventsIn = function* ({ content, list }: Piece, position: string): Generator<Item> {
    if ("problem" in content) return yield { ...at(position), problem: content.problem };
    if (list === "configurationItems") return kinds.add("Config");
    const parsed = parse(content.toString());
    if ("problem" in parsed) return yield { ...at(position), problem: parsed.problem };
    for (const { place, ...found } of unwrap(parsed.one)) {
      if ("kind" in found) kinds.add(found.kind);
      else if ("event" in found && isUnwanted(found.event, isWanted)) skipped.notWatched++;
      else yield { ...at(position + place), ...found };
    }
  };
  try {
    for await (const chunk of chunks) yield* take(text.push(chunk));
    yield* take(text.end());
    yield* takeHeld();
    if (text.values === 0) {
      if (file === "-") throw new UsageError("standard input is empty: pipe in events, as JSON");
      yield { ...at(""), problem: "is empty" };
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    yield* take(text.cut());
    yield* takeHeld();
    yield { ...at(""), problem: problemOf(error as Error) };
  }
  free(chunks);
  skipped.notWatched += text.unwanted;
  for (const kind of kinds) countKind(kind);
}

/**
 * Returns the position of an item in its file: `:line`, `:column` for a value that starts within a line, and `#index` in a list. A
 * file with one value, and the list that it starts with, need no line.
 */
function positionOf({ value: number, line, column, index }: Piece, isOnlyValue: boolean): string {
  const value = number === 1 && (isOnlyValue || index > 0) ? "" : column > 1 ? `:${line}:${column}` : `:${line}`;
  return index > 0 ? `${value}#${index}` : value;
}

/** True for the event of a call that is not wanted. EventBridge would deliver only the wanted ones. */
function isUnwanted(event: unknown, isWanted: IsWanted): boolean {
  const [eventSource, eventName] = ["eventSource", "eventName"].map((key) => member(member(event, "detail"), key));
  if (typeof eventSource !== "string" || eventSource.startsWith("aws:")) return false;
  return typeof eventName === "string" && !isWanted(eventSource, eventName);
}
