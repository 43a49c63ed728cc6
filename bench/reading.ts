import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { buildCommandLine } from "../scripts/build.ts";

/** How fast a program read the records of a trail, in MB of JSON per second, with the CPU seconds and the memory that it used. */
export type ReadingSample = Record<"mbPerSecond" | "cpuSeconds" | "rssMb", number>;

/** A program that reads a trail: its command, from .json.gz files or from the same JSON in one plain file. */
export interface Reader {
  readonly name: string;
  readonly input: ".json.gz files" | "plain JSON";
  readonly command: readonly string[];
}

/** Programs that read the same trail, and the size of its JSON in MB. */
export interface Reading {
  readonly mb: number;
  readonly readers: readonly Reader[];
}

/**
 * Writes a trail of some files of 1,000 records, none of them watched, into a folder. Returns the programs that read it, and
 * calls `leaveOut` with the reason for each that this machine does not have. Throws when it has no Python.
 */
export async function makeReading(folder: string, files: number, python: string, leaveOut: (sentence: string) => void): Promise<Reading> {
  if (!runs("python3", "-c", "import resource")) throw new Error("python3, which measures the processes, is not installed");
  const [trail, plain] = [join(folder, "trail"), join(folder, "trail.json")];
  mkdirSync(trail);
  let bytes = 0;
  for (let file = 0; file < files; file++) {
    const json = JSON.stringify({ Records: Array.from({ length: 1_000 }, (_, n) => recordOf(file * 1_000 + n)) });
    bytes += json.length;
    writeFileSync(join(trail, `123456789012_CloudTrail_eu-west-1_20261120T1005Z_${file}.json.gz`), gzipSync(json));
    writeFileSync(plain, json, { flag: "a" });
  }
  await buildCommandLine(join(folder, "bin"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  const replay = (path: string) => [process.execPath, join(folder, "bin/ingress-warden.mjs"), "replay", path, "--json"];
  const unpack = `find ${trail} -name '*.gz' -print0 | xargs -0 gunzip -c`;
  const all: readonly (Reader & { readonly needs: readonly [program: string, ...args: string[]] })[] = [
    { name: "ingress-warden replay", input: ".json.gz files", command: replay(trail), needs: ["true"] },
    { name: "gunzip -c, which only unpacks", input: ".json.gz files", command: ["sh", "-c", unpack], needs: ["gunzip", "--version"] },
    {
      name: "gunzip -c and jq",
      input: ".json.gz files",
      command: ["sh", "-c", `${unpack} | jq -c '.Records[] | select(.eventName | startswith("Authorize"))'`],
      needs: ["jq", "--version"],
    },
    {
      name: "DuckDB",
      input: ".json.gz files",
      command: [python, "bench/reading.py", "duckdb", `${trail}/*.gz`],
      needs: [python, "-c", "import duckdb"],
    },
    { name: "ingress-warden replay", input: "plain JSON", command: replay(plain), needs: ["true"] },
    {
      name: "Python's json",
      input: "plain JSON",
      command: ["python3", "bench/reading.py", "json", plain],
      needs: ["python3", "--version"],
    },
  ];
  const readers = all.filter(({ name, needs }) => {
    const isThere = runs(...needs);
    if (!isThere) leaveOut(`${name}: \`${needs.join(" ")}\` fails.`);
    return isThere;
  });
  return { mb: bytes / 1e6, readers: readers.map(({ needs: _, ...reader }) => reader) };
}

/** Throws when the program fails. */
export function measureReading({ command }: Reader, mb: number): ReadingSample {
  const { status, stdout, stderr } = spawnSync("python3", ["bench/rusage.py", ...command], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")} exited with ${status}: ${stderr}`);
  const { seconds, cpuSeconds, rssMb } = JSON.parse(stdout);
  return { mbPerSecond: mb / seconds, cpuSeconds, rssMb };
}

function runs(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** A record of S3 with a name, ids and a key of its own, so that it packs about as well as real ones. */
function recordOf(n: number): object {
  const hex = (factor: number) => ((n * factor) % 0xffffffff).toString(16).padStart(8, "0");
  const id = `${hex(2654435761)}-1234-4123-8123-${hex(40503)}0000`;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLEID${hex(69621)}:app`,
      arn: `arn:aws:sts::123456789012:assumed-role/App/${hex(16807)}`,
      accountId: "123456789012",
      accessKeyId: `ASIAEXAMPLE${hex(48271)}`,
      sessionContext: {
        sessionIssuer: { type: "Role", principalId: "AROAEXAMPLEID", arn: "arn:aws:iam::123456789012:role/App", userName: "App" },
        attributes: { creationDate: "2026-11-20T09:12:44Z", mfaAuthenticated: "false" },
      },
    },
    eventTime: `2026-11-20T10:${String(n % 60).padStart(2, "0")}:00Z`,
    eventSource: "s3.amazonaws.com",
    eventName: ["GetObject", "PutObject", "HeadObject", "ListObjects"][n % 4],
    awsRegion: "eu-west-1",
    sourceIPAddress: `198.51.100.${n % 250}`,
    userAgent: "[aws-sdk-java/2.31 Linux/6.1 OpenJDK_64-Bit_Server_VM/21 cfg/retry-mode/standard]",
    requestParameters: { bucketName: `data-${n % 7}`, Host: "data.s3.eu-west-1.amazonaws.com", key: `in/${id}.parquet` },
    responseElements: null,
    additionalEventData: { SignatureVersion: "SigV4", CipherSuite: "TLS_AES_128_GCM_SHA256", bytesTransferredOut: n % 9973 },
    requestID: id,
    eventID: [...id].reverse().join(""),
    readOnly: true,
    resources: [{ type: "AWS::S3::Object", ARN: `arn:aws:s3:::data/in/${id}.parquet` }],
    eventType: "AwsApiCall",
    managementEvent: false,
    recipientAccountId: "123456789012",
    eventCategory: "Data",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: "data.s3.eu-west-1.amazonaws.com",
    },
  };
}
