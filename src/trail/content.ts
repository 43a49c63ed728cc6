import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Gunzip, gunzip as unzip } from "node:zlib";
import { isGzip, otherFormat } from "./formats.ts";
import { gunzip, isPadding } from "./gunzip.ts";

/** A file's text in chunks. */
export type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

const mb = 1024 * 1024;
/** Files up to this size, in bytes, are read and unpacked at once, which takes less time; others are streamed. */
const maxWhole = 16 * mb;
/** Bounds for what a file unpacks to: real trails unpack to 10 to 30 times their size. */
const [bombMb, bombRatio] = [64, 200];

/** Why a file cannot be read, as a sentence about the file. */
export class ContentError extends Error {}

/**
 * Opens a file, or standard input for `-`. Small files are read as a whole here. `size` is undefined for a file that is not a
 * regular one. Throws, here or while the chunks are read, a ContentError for what is not read, and errors of the system.
 */
export async function open(path: string, size: number | undefined): Promise<Chunks> {
  if (size === undefined || size > maxWhole)
    return stream(() => (path === "-" ? process.stdin : createReadStream(path, { highWaterMark: mb })));
  const bytes = await readFile(path);
  if (!isGzip(bytes)) return checked(bytes);
  // The last four bytes are the unpacked size, of the last member. With a buffer of that size, one call unpacks the file.
  const unpackedSize = bytes.length < 18 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  const unpacked = unpackedSize > maxWhole ? undefined : await unpack(bytes, unpackedSize);
  return unpacked ? checked(unpacked) : stream(() => [bytes]);
}

/** Frees the memory of a file that was read as a whole. Otherwise V8 searches all objects for garbage after every tenth file. */
export function free(chunks: Chunks): void {
  // Smaller buffers share the memory of a pool. Node.js 20 cannot free any.
  if (Array.isArray(chunks)) for (const { length, buffer } of chunks) if (length > Buffer.poolSize) buffer.transfer?.(0);
}

/** Unpacks a file at once; undefined when that is not possible. Streaming then yields all that there is before the error. */
function unpack(bytes: Buffer, size: number): Promise<Buffer | undefined> {
  const options = { chunkSize: Math.max(size + 1, 1024), maxOutputLength: maxWhole, info: true };
  return new Promise((resolve) =>
    unzip(bytes, options, (error, result) => {
      if (error) return resolve(undefined);
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: Gunzip };
      resolve(isPadding(bytes, engine.bytesWritten) ? buffer : undefined);
    }),
  );
}

function checked(bytes: Buffer): readonly Buffer[] {
  const problem = isGzip(bytes) ? "is gzip inside gzip: unpack it first with gunzip" : otherFormat(bytes);
  if (problem !== undefined) throw new ContentError(problem);
  return [bytes];
}

/** The source is only made when it is read, since an error that nobody waits for would end the process. */
async function* stream(source: () => Readable | readonly Buffer[]): AsyncGenerator<Buffer> {
  let rawBytes = 0;
  async function* raw() {
    for await (const chunk of source()) {
      rawBytes += chunk.length;
      yield chunk as Buffer;
    }
  }
  const [start, all] = await startOf(raw());
  if (!isGzip(start)) {
    checked(start);
    return yield* all;
  }
  const [unpackedStart, unpacked] = await startOf(gunzip(all));
  checked(unpackedStart);
  let bytes = 0;
  for await (const chunk of unpacked) {
    bytes += chunk.length;
    if (bytes > bombMb * mb && bytes > bombRatio * rawBytes)
      throw new ContentError(`unpacks to more than ${bombMb} MB and ${bombRatio} times its size, as no trail does: the rest is not read`);
    yield chunk;
  }
}

/** Returns the first bytes, enough to recognise a format, and all chunks. */
async function startOf(chunks: AsyncIterable<Buffer>): Promise<readonly [start: Buffer, all: AsyncGenerator<Buffer>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  let isDone = false;
  while (start.length < 4 && !isDone) {
    const next = await iterator.next();
    isDone = next.done === true;
    if (!next.done) start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  const all = async function* () {
    if (start.length > 0) yield start;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  return [start, all()];
}
