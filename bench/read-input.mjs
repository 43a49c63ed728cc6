import { readSync } from "node:fs";

/** All of stdin, waiting for it without letting anything else run, as a frozen function would. */
export function readInput() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // Which it is where stdin was made not to block.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
