import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
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

/** Installs the package as npm does; the result is the names of its files and the path of its command. */
async function install(): Promise<{ readonly names: readonly string[]; readonly bin: string }> {
  const env = { ...process.env, npm_config_loglevel: "error" };
  const listing = execFileSync("npm", ["pack", "--pack-destination", folder, "--json"], { env }).toString();
  const [{ filename, files }] = JSON.parse(listing.slice(listing.indexOf("[\n")));
  execFileSync("tar", ["-xf", join(folder, filename), "-C", folder]);
  await symlink(join(process.cwd(), "node_modules"), join(folder, "package", "node_modules"));
  return { names: files.map(({ path }: { path: string }) => path), bin: join(folder, "package/bin/ingress-warden.mjs") };
}

describe("the package", () => {
  let names: readonly string[];
  let bin: string;
  beforeAll(async () => ({ names, bin } = await install()));

  test("installs as a command that runs", async () => {
    const { stdout, code } = await runNode([bin, "replay", "--mode", "enforce", "--at", "2026-11-21"], { cwd: join(folder, "package") });

    expect(names).toEqual(
      expect.arrayContaining(["bin/ingress-warden.mjs", "dist/lambda.mjs", "policy.json", "README.md", "LICENSE", open]),
    );
    expect(names.filter((name) => /^(src|test|scripts)\//.test(name))).toEqual([]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\b\d+ revoked\b.*\n$/);
  });

  test("runs by its name, as npx runs it", () => {
    const env = { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };

    expect(execFileSync(bin, ["--version"], { env }).toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("its command reads credentials from profiles and SSO, as the SDK does, and primes nothing", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const AWS_CONFIG_FILE = join(folder, "config");
    const account = "aws_access_key_id = 123456789012\naws_secret_access_key = x";
    const sso = "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = audit\n\n[sso-session corp]\nsso_region = eu-west-1";
    const portal = "sso_start_url = https://example.com/start\nsso_registration_scopes = sso:account:access";
    await writeFile(AWS_CONFIG_FILE, `[profile ours]\n${account}\n\n[profile corp]\n${sso}\n${portal}\n`);
    const run = (AWS_PROFILE: string) =>
      runNode([bin, "replay", resolve(open), "--aws", "--policy", join(folder, "policy.json")], {
        env: { AWS_ENDPOINT_URL: emulator.url, AWS_REGION: "eu-west-1", AWS_PROFILE, AWS_CONFIG_FILE },
      });

    const [ours, corp] = [await run("ours"), await run("corp")];

    expect([ours.code, ours.stdout]).toEqual([0, expect.stringContaining("alreadyGone")]);
    expect(emulator.requests.map(({ account, action }) => `${account} ${action}`)).toEqual([
      "123456789012 GetCallerIdentity",
      "123456789012 RevokeClusterSecurityGroupIngress",
      "123456789012 DescribeClusterSecurityGroups",
    ]);
    expect([corp.code, corp.stderr]).toEqual([2, expect.stringMatching(/SSO session.*aws sso login/i)]);
    const command = await readFile(bin, "utf8");
    expect(command).not.toContain("The environment holds no AWS_ACCESS_KEY_ID");
    // The name that priming gives to its resources.
    expect(command).not.toContain('"primed"');
    expect(await readFile(join(dist, "lambda.mjs"), "utf8")).toContain('"primed"');
  });
});
