import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { member } from "./fields.ts";

/**
 * One event of a file, as EventBridge would deliver it, or the problem that prevents reading it. `label` is the file with the
 * line or the index in it; `fromTrail` is true for one of the records in a trail's file.
 */
export type Sample = { readonly label: string } & ({ readonly event: unknown; readonly fromTrail: boolean } | { readonly problem: string });

const unzip = promisify(gunzip);
/** The maximum size of an unzipped file, in bytes. */
const maxBytes = 512 * 1024 * 1024;

/**
 * Reads the events in files, in folders and, for `-`, on standard input. Throws a UsageError for a path without files, and for
 * empty input.
 */
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
  if (files.length === 0)
    throw new UsageError(`${printable(path)}: no files in this folder end in .json, .jsonl or .ndjson, with or without .gz`);
  return files.map((name) => join(path, name));
}

async function* readSamples(file: string): AsyncGenerator<Sample> {
  const label = printable(file);
  try {
    const bytes = file === "-" ? await buffer(process.stdin) : await readFile(file);
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    yield* parse(label, (isZipped ? await unzip(bytes, { maxOutputLength: maxBytes }) : bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    yield { label, problem: `cannot be read: ${printable((error as Error).message)}` };
  }
}

/** Reads one JSON text, or one on each line. */
function* parse(label: string, content: string): Generator<Sample> {
  if (content.trim() === "") {
    if (label === "-") throw new UsageError("standard input is empty: pipe in events, as one JSON text or one on each line");
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

/** Reads the records of a trail's file, the messages that SQS returned, a list of events, or one event. */
function* unwrapAll(label: string, value: unknown): Generator<Sample> {
  const many = [value, member(value, "Records"), member(value, "Messages")].find(Array.isArray);
  if (!many) return yield unwrap(label, value, false);
  for (const [index, each] of many.entries()) yield unwrap(`${label}#${index + 1}`, each, true);
}

/**
 * Returns the event inside a queue message, whose `Body` is its text, or inside the record that Lambda sends to an on-failure
 * queue, which has it in `requestPayload`. A CloudTrail record alone becomes the `detail` of an event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function unwrap(label: string, value: unknown, isOneOfMany: boolean): Sample {
  const body = typeof value === "string" ? value : member(value, "Body");
  const parsed = typeof body === "string" ? parseJson(body) : { value };
  if ("problem" in parsed) return { label, problem: parsed.problem };
  let event = parsed.value;
  for (let inner = event; inner !== undefined; inner = member(inner, "requestPayload")) event = inner;
  const isRecord = member(event, "detail") === undefined && member(event, "eventSource") !== undefined;
  return { label, event: isRecord ? { detail: event } : event, fromTrail: isOneOfMany && typeof body !== "string" };
}
