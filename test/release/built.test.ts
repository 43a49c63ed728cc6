import { readFileSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { buildCommandLine, buildLambda } from "../../scripts/build.ts";
import { metricsLine } from "../support/output.ts";
import { runNode } from "../support/run.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const enforcing = { mode: "enforce", permit: [{ name: "own", owners: ["self"] }] };
let folder: string;
let dist: string;
let inputs: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-built-"));
  dist = join(folder, "dist");
  await writeFile(join(folder, "policy.json"), JSON.stringify(enforcing));
  inputs = Object.keys((await buildLambda(dist, join(folder, "policy.json"))).metafile.inputs);
});

test("the bundle contains no emulator, no command, no test and no source map", async () => {
  expect(inputs.filter((path) => /^(src\/(emulator|commands|cli)|test|scripts)/.test(path))).toEqual([]);
  expect((await readdir(dist)).filter((name) => !/\.mjs$|^policy\.(json|sha256)$/.test(name))).toEqual([]);
});

test("the same source builds the same bytes, whatever the policy", async () => {
  const again = join(folder, "again");
  await writeFile(join(folder, "other.json"), JSON.stringify({ ...enforcing, mode: "audit" }));
  await buildLambda(again, join(folder, "other.json"));

  const names = (await readdir(dist)).sort();
  expect((await readdir(again)).sort()).toEqual(names);
  const isChanged = (name: string) => !readFileSync(join(again, name)).equals(readFileSync(join(dist, name)));
  expect(names.filter(isChanged)).toEqual(["policy.json", "policy.sha256"]);

  const commandLines = [join(folder, "bin"), join(folder, "bin-again")];
  for (const each of commandLines) await buildCommandLine(each);
  // A second build into the same folder replaces the file.
  await buildCommandLine(join(folder, "bin"));
  const [first, second] = await Promise.all(commandLines.map((each) => readFile(join(each, "ingress-warden.mjs"))));
  expect(second).toEqual(first);
  for (const each of commandLines) expect(statSync(join(each, "ingress-warden.mjs")).mode & 0o111).toBe(0o111);
});

test("the built function revokes a violation at the endpoint of the environment, under the policy next to it", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const script = `const { handler } = await import(${JSON.stringify(join(dist, "lambda.mjs"))});
    const { outcomes } = await handler(JSON.parse(process.argv[1]));
    process.stderr.write(JSON.stringify(outcomes.map(({ result }) => result)));`;
  const event = await readFile(open, "utf8");
  const env = { AWS_ENDPOINT_URL: emulator.url, AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "123456789012", AWS_SECRET_ACCESS_KEY: "x" };
  const { stdout, stderr, code } = await runNode(["--input-type=module", "-e", script, event], { env });

  expect([stderr, code]).toEqual(['["alreadyGone"]', 0]);
  const [logged, measured, ...more] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(more).toEqual([]);
  expect(measured).toEqual(metricsLine("redshift", { AlreadyGone: 1 }));
  expect(logged).toMatchObject({
    level: "INFO",
    correlation_id: "7f26144b-9828-4fcd-99a5-4a7bb1fee08f",
    outcome: { result: "alreadyGone" },
  });
  const actions = emulator.requests.flatMap(({ action }) => action || []); // A bare request opens each connection.
  expect(actions).toEqual(["RevokeClusterSecurityGroupIngress", "DescribeClusterSecurityGroups"]);
});

test("an invalid policy stops the build: every error is shown and nothing is written", async () => {
  const policy = join(folder, "invalid.json");
  await writeFile(policy, '{ "mode": "enforce", "permit": [] }');
  const before = await readdir(dist);

  await expect(buildLambda(dist, policy)).rejects.toThrow(`${policy}:1:32: []: is empty`);
  expect(await readdir(dist)).toEqual(before);
});
