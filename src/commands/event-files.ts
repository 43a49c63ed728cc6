import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { member } from "../cloudtrail.ts";
import { printable } from "../domain/text.ts";
import { UsageError } from "../usage-error.ts";

/** One event out of a file, as EventBridge would deliver it, or why there is none. */
export type Sample = { readonly label: string } & ({ readonly event: unknown; readonly fromTrail: boolean } | { readonly problem: string });

const unpack = promisify(gunzip);
const mostBytes = 512 * 1024 * 1024;

/** The events of files, of folders and, for `-`, of standard input. Throws a UsageError for a path where there is nothing. */
export async function* samplesIn(paths: readonly string[]): AsyncGenerator<Sample> {
  const files = await Promise.all(paths.map(async (path) => (path === "-" ? [path] : await filesIn(path))));
  for (const file of files.flat()) yield* readSamples(file);
}

async function filesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`${printable(path)}: no such file or folder; usage: ingress-warden replay [PATH … | -]`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const files = names.filter((name) => /\.(json|jsonl|ndjson)(\.gz)?$/i.test(name)).sort();
  if (files.length === 0) throw new UsageError(`${printable(path)}: no files here that end in .json, .jsonl or .ndjson, or these with .gz`);
  return files.map((name) => join(path, name));
}

async function* readSamples(file: string): AsyncGenerator<Sample> {
  const label = printable(file);
  try {
    const bytes = file === "-" ? await buffer(process.stdin) : await readFile(file);
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    yield* parse(label, (isZipped ? await unpack(bytes, { maxOutputLength: mostBytes }) : bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    yield { label, problem: `cannot be read: ${printable((error as Error).message)}` };
  }
}

/** One JSON text, or one on each line. */
function* parse(label: string, content: string): Generator<Sample> {
  if (content.trim() === "") {
    if (label === "-") throw new UsageError("standard input is empty: pipe events in, one JSON text a line");
    yield { label, problem: "is empty" };
    return;
  }
  const whole = parseJson(content);
  if ("value" in whole) return yield* unwrapAll(label, whole.value);
  const lines = content.split("\n");
  const isOnePerLine = lines.some((line) => "value" in parseJson(line) && /^\s*[[{]/.test(line) && /[\]}]\s*$/.test(line));
  if (!isOnePerLine) return yield { label, problem: `${whole.problem}; write one JSON text, or one on each line` };
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const parsed = parseJson(line);
    const place = `${label}:${index + 1}`;
    if ("value" in parsed) yield* unwrapAll(place, parsed.value);
    else yield { label: place, problem: parsed.problem };
  }
}

function parseJson(content: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(content.replace(/^\ufeff/, "")) };
  } catch (error) {
    return { problem: `is not JSON: ${printable((error as Error).message, 200)}` };
  }
}

/** A trail's file holds many records; anything else is one event in one of its wrappings. */
function* unwrapAll(label: string, value: unknown): Generator<Sample> {
  const records = Array.isArray(value) ? value : member(value, "Records");
  if (!Array.isArray(records)) return yield { label, event: unwrap(value), fromTrail: false };
  for (const [index, record] of records.entries()) yield { label: `${label}#${index + 1}`, event: unwrap(record), fromTrail: true };
}

/** An on-failure queue keeps the event in `requestPayload`; a bare CloudTrail record is what EventBridge puts in `detail`. */
function unwrap(value: unknown): unknown {
  const kept = member(value, "requestPayload");
  if (kept !== undefined) return unwrap(kept);
  return member(value, "detail") === undefined && member(value, "eventSource") !== undefined ? { detail: value } : value;
}
