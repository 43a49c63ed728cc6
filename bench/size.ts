import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

/** The most bytes that are deployed for all services together, and that the function of one service loads. */
export const sizeLimits = { raw: 450_000, zipped: 142_000, loaded: { elasticache: 232_000, redshift: 248_000, ec2: 316_000 } } as const;

/** The bytes of all files of a folder, as they are and in a zip archive. */
export function sizeOf(folder: string): { raw: number; zipped: number } {
  let [raw, zipped] = [0, 22]; // An archive ends with 22 bytes.
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    raw += bytes.length;
    zipped += deflateRawSync(bytes).length + 30 + 46 + 2 * name.length; // Each file has two headers that contain its name.
  }
  return { raw, zipped };
}
