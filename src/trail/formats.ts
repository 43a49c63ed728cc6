/** Returns what a file is that is not read, by its first bytes, and what to do about it; undefined for text and gzip. */
export function otherFormat(start: Buffer): string | undefined {
  const format = formats.find(([magic]) => start.subarray(0, magic.length).equals(magic));
  if (format) return format[1];
  if (start[0] !== 0 && start[1] === 0) return utf16;
  return isCsv.test(start.toString("utf8", 0, 4096)) ? "is CSV, which has no whole records: use the JSON files of the trail" : undefined;
}

/** True for the first bytes of a gzip file. */
export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

const packed = (name: string, command: string) => `is packed with ${name}, which is not read: unpack it first, for example with ${command}`;
const utf16 = "is UTF-16 text, which is not read: convert it first, for example with iconv -f UTF-16 -t UTF-8";
const formats: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), packed("zstd", "zstd -d")],
  [Buffer.from("PK\x03\x04"), packed("zip", "unzip")],
  [Buffer.from("PK\x05\x06"), packed("zip", "unzip")],
  [Buffer.from("BZh"), packed("bzip2", "bunzip2")],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), packed("xz", "xz -d")],
  [Buffer.from("PAR1"), "is Parquet, which is not read: use the JSON files of the trail"],
  [Buffer.from([0xff, 0xfe]), utf16],
  [Buffer.from([0xfe, 0xff]), utf16],
];
/** A first line of at least three names, as CloudTrail Lake and Athena write it. */
const isCsv = /^\ufeff?("?[A-Za-z_][\w .-]*"?,){2,}"?[A-Za-z_][\w .-]*"?\r?\n/;
