import { createGunzip } from "node:zlib";

/** Bytes that are unpacked at once: they become at most 16 MB. */
const pieceBytes = 16 * 1024;
/** Pieces that are kept until it is known whether damage follows. */
const maxKept = 1024;

/**
 * Unpacks the members of a gzip file. Yields all that stands before damage, then throws zlib's error. A zero byte after a member ends
 * the data, and throws an error if not only zero bytes follow, as gzip(1) warns of them and does not read them.
 * @see https://www.gnu.org/software/gzip/manual/gzip.html#Tapes
 */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // zlib does not return what it unpacked of a piece with damage. So a second unpacker stays behind, and gets that piece byte by byte.
  const [first, second] = [unpacker(), unpacker()];
  const kept: Buffer[] = [];
  const catchUp = async () => {
    for (const piece of kept.splice(0)) await second.push(piece);
  };
  try {
    for await (const piece of piecesOf(chunks, pieceBytes)) {
      const unpacked = await first.push(piece).catch((error: Error) => error);
      if (unpacked instanceof Error) {
        await catchUp();
        for await (const byte of piecesOf([piece], 1)) yield* await second.push(byte);
        throw unpacked;
      }
      yield* unpacked;
      if (kept.push(piece) === maxKept) await catchUp();
    }
    yield* await first.end();
  } finally {
    first.destroy();
    second.destroy();
  }
}

/** True when only zero bytes, or none, follow on a position. */
export function isPadding(bytes: Buffer, start: number): boolean {
  return bytes.subarray(start).every((byte) => byte === 0);
}

async function* piecesOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
}

function unpacker() {
  const stream = createGunzip({ chunkSize: 1024 * 1024 });
  let unpacked: Buffer[] = [];
  let pushedBytes = 0;
  let settle = (_error?: Error | null) => {};
  stream.on("data", (chunk) => unpacked.push(chunk));
  stream.on("end", () => settle());
  stream.on("error", (error) => settle(error));

  /** Returns what is unpacked until an action is done, or the stream has ended. */
  const taken = async (act: (done: typeof settle) => void): Promise<Buffer[]> => {
    await new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
      if (stream.readableEnded) settle();
      else act(settle);
    });
    const taking = unpacked;
    unpacked = [];
    return taking;
  };
  return {
    async push(piece: Buffer): Promise<Buffer[]> {
      const result = await taken((done) => stream.write(piece, done));
      pushedBytes += piece.length;
      const unread = Math.min(piece.length, pushedBytes - stream.bytesWritten);
      if (isPadding(piece, piece.length - unread)) return result;
      throw new Error("after its gzip data, other data follows zero bytes: gunzip does not read it, either");
    },
    end: () => taken(() => stream.end()),
    destroy: () => stream.destroy(),
  };
}
