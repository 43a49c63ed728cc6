import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { type Ended, runNode } from "../support/run.ts";

/**
 * With TRIAL_NODE, the path of a Node, npm installs the package for that Node and it runs everything. Without, the package is unpacked
 * where npm would put it, with links to the packages of the repository: npm takes longer than all of these tests.
 */
const trial = process.env["TRIAL_NODE"];
const node = trial || process.execPath;
const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const firstHour = readFileSync("docs/FIRST-HOUR.md", "utf8");
/** A folder that contains nothing but what npm installs. */
let folder: string;
let installed: string;
let names: readonly string[];

beforeAll(() => {
  const temporary = mkdtempSync(join(tmpdir(), "ingress-warden-installed-"));
  const env = { ...process.env, npm_config_loglevel: "error" };
  const listing = execFileSync("npm", ["pack", "--pack-destination", temporary, "--json"], { env }).toString();
  const [{ filename, files }] = JSON.parse(listing.slice(listing.indexOf("[\n")));
  names = files.map(({ path }: { path: string }) => path);
  folder = join(temporary, "folder");
  installed = join(folder, "node_modules/ingress-warden");
  mkdirSync(folder);
  if (trial) {
    const PATH = `${dirname(trial)}${delimiter}${process.env["PATH"]}`;
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", join(temporary, filename)];
    execFileSync("npm", args, { cwd: folder, env: { ...env, PATH }, stdio: ["ignore", "inherit", "inherit"] });
    return;
  }
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xf", join(temporary, filename), "-C", installed, "--strip-components", "1"]);
  for (const name of Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies)) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  }
}, 180_000);
afterAll(() => rmSync(dirname(folder), { recursive: true }));

/** Runs a command of the installed package in the folder, or in a folder of it. */
function run(args: readonly string[], { cwd = ".", env = {} } = {}): Promise<Ended> {
  return runNode([join(installed, "bin/ingress-warden.mjs"), ...args], { cwd: join(folder, cwd), env, node });
}

const read = (...path: string[]) => readFileSync(join(folder, ...path));
const valid = (mode: string) => JSON.stringify({ mode, permit: [{ name: "own", owners: ["self"] }] });

describe("the package", () => {
  test("contains what it runs and what is deployed, and no source", () => {
    const wanted = ["bin/ingress-warden.mjs", "dist/lambda.mjs", "policy.json", "README.md", "LICENSE", open];

    expect(names).toEqual(expect.arrayContaining(wanted));
    expect(names.filter((name) => /^(src|test|scripts)\/|\.tsx?$/.test(name))).toEqual([]);
  });

  test("contains what README links to", () => {
    const links = [...readFileSync("README.md", "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = ""]) => path);

    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !names.some((name) => name === link || name.startsWith(`${link}/`)))).toEqual([]);
  });

  test("runs by its name, as npx runs it", () => {
    const env = { PATH: `${dirname(node)}${delimiter}${process.env["PATH"]}` };

    expect(execFileSync(join(installed, "bin/ingress-warden.mjs"), ["--version"], { env }).toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("in an empty folder", () => {
  let first: Ended;
  beforeAll(async () => {
    first = await run(["init", "--deploy"]);
  });

  test("init writes a policy, its test cases and what is deployed, and the commands that it names work", async () => {
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(readdirSync(folder).filter((name) => !/^node_modules$|^package/.test(name) && !name.endsWith(".schema.json"))).toEqual([
      "dist",
      "policy.json",
      "policy.test.json",
      "samconfig.toml",
      "template.yaml",
    ]);
    const commands = [...first.stdout.matchAll(/^ {2}npx ingress-warden ((?:check|test|replay|pack).*?)(?: {2}|$)/gm)];
    const ended = await Promise.all(commands.map(([, command = ""]) => run(command.split(" "))));

    expect(commands.map(([, command = ""]) => command)).toEqual([
      "check",
      "test",
      "replay node_modules/ingress-warden/events",
      "pack --force",
    ]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 3, 0]);
    expect(ended[2]?.stdout).toMatch(/\b\d+ reported\b.*\n$/);
    const shown = [first, ended[0], ended[1], ended[3]].map((each) => each?.stdout ?? "");
    expect(shown.filter((stdout) => !firstHour.includes(stdout))).toEqual([]);
  });

  test("what exists is learned, compared and replayed as docs/FIRST-HOUR.md shows", async () => {
    const [inventory, events] = ["node_modules/ingress-warden/samples/inventory.ndjson", "node_modules/ingress-warden/events"];
    const learned = await run(["learn", inventory, events, "--own", "111122223333", "--out", "learned.json"]);
    const [compared, replayed] = await Promise.all([
      run(["diff", "policy.json", "learned.json", "--inventory", inventory]),
      run(["replay", events, "--policy", "learned.json", "--quiet"]),
    ]);

    expect([learned.code, compared.code, replayed.code]).toEqual([3, 0, 3]);
    const last = [learned.stderr, compared.stdout, replayed.stdout].map((text) => `\n${text.trimEnd().split("\n").at(-1)}\n\`\`\``);
    expect(last.filter((line) => !firstHour.includes(line))).toEqual([]);
  });

  test("dist/ has the function as it was built, the policy, and its hash as sha256sum prints it", () => {
    const sha256 = createHash("sha256").update(read("policy.json")).digest("hex");
    const code = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".mjs"));

    expect(read("dist/policy.json")).toEqual(read("policy.json"));
    expect(read("dist/policy.sha256").toString()).toBe(`${sha256}  policy.json\n`);
    expect(code).toContain("lambda.mjs");
    expect(code.filter((name) => !read("dist", name).equals(readFileSync(join(installed, "dist", name))))).toEqual([]);
    expect(read("template.yaml")).toEqual(readFileSync("template.yaml"));
  });

  test("the other commands run", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const env = { AWS_ENDPOINT_URL: emulator.url, AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "123456789012", AWS_SECRET_ACCESS_KEY: "x" };
    const [explained, schema, listed, swept] = await Promise.all([
      run(["explain", "--service", "redshift", "--resource", "analytics", "--range", "203.0.113.0/24"]),
      run(["schema", "policy"]),
      run(["inventory"], { env }),
      run(["sweep"], { env }),
    ]);

    expect([explained.stderr, explained.code]).toEqual(["", 0]);
    expect(schema.stdout).toBe(readFileSync("policy.schema.json", "utf8"));
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('"complete":true')]);
    expect([swept.stderr, swept.code]).toEqual([expect.any(String), 0]);
  });

  test("nothing is overwritten without --force", async () => {
    const [again, packed] = await Promise.all([run(["init", "--deploy"]), run(["pack"])]);

    expect([again.code, again.stderr]).toEqual([
      2,
      "policy.json exists, and nothing was written: give another folder, --policy policy.json to deploy this one, or --force to replace it\n",
    ]);
    expect([packed.code, packed.stderr]).toEqual([
      2,
      "dist/policy.json exists, and nothing was written: give another folder with --out, or --force to replace it\n",
    ]);
  });

  test("init --deploy --policy deploys a policy of one's own and writes no other", async () => {
    writeFileSync(join(folder, "own.json"), valid("enforce"));
    const { code, stdout } = await run(["init", "stack", "--deploy", "--policy", "own.json"]);

    expect([code, stdout]).toEqual([0, expect.stringContaining("npx ingress-warden pack --policy ../own.json --force")]);
    expect(readdirSync(join(folder, "stack")).sort()).toEqual(["dist", "samconfig.toml", "template.yaml"]);
    expect(read("stack/dist/policy.json")).toEqual(read("own.json"));
  });
});

describe("pack", () => {
  test("refuses an invalid policy with the errors of check, and writes nothing", async () => {
    writeFileSync(join(folder, "invalid.json"), '{ "mode": "enforce", "permit": [] }');
    const [checked, packed] = await Promise.all([
      run(["check", "invalid.json"]),
      run(["pack", "--policy", "invalid.json", "--out", "refused"]),
    ]);

    expect([packed.code, packed.stdout, packed.stderr]).toEqual([2, "", checked.stderr]);
    expect(packed.stderr).toContain("invalid.json:1:32: []: is empty");
    expect(readdirSync(folder)).not.toContain("refused");
  });

  test("warns of addresses that only documentation has", async () => {
    const { stderr } = await run(["pack", "--policy", join(installed, "policy.json"), "--out", "sample"]);

    expect(stderr).toContain("warning: office-and-vpn: ranges reserved for documentation, which no network has: 203.0.113.0/24");
  });

  test("with --force, leaves no chunk of another version, and no other file is removed", async () => {
    writeFileSync(join(folder, "audit.json"), valid("audit"));
    const pack = () => run(["pack", "--policy", "audit.json", "--out", "again", "--force"]);
    await pack();
    const packed = readdirSync(join(folder, "again"));
    for (const name of ["chunk-ABCDEFG2.mjs", "own.mjs"]) writeFileSync(join(folder, "again", name), "");
    const { code, stdout } = await pack();

    expect([code, stdout]).toEqual([0, "again: the function with audit.json, mode audit\n"]);
    expect(readdirSync(join(folder, "again"))).toEqual([...packed, "own.mjs"].sort());
  });
});

test("its command reads credentials from profiles and SSO, as the SDK does, and primes nothing", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const AWS_CONFIG_FILE = join(folder, "config");
  const account = "aws_access_key_id = 123456789012\naws_secret_access_key = x";
  const sso = "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = audit\n\n[sso-session corp]\nsso_region = eu-west-1";
  const portal = "sso_start_url = https://example.com/start\nsso_registration_scopes = sso:account:access";
  writeFileSync(AWS_CONFIG_FILE, `[profile ours]\n${account}\n\n[profile corp]\n${sso}\n${portal}\n`);
  writeFileSync(join(folder, "enforce.json"), valid("enforce"));
  const replay = (AWS_PROFILE: string) =>
    run(["replay", resolve(open), "--aws", "--policy", "enforce.json"], {
      env: { AWS_ENDPOINT_URL: emulator.url, AWS_REGION: "eu-west-1", AWS_PROFILE, AWS_CONFIG_FILE },
    });

  const [ours, corp] = [await replay("ours"), await replay("corp")];

  expect([ours.code, ours.stdout]).toEqual([0, expect.stringContaining("alreadyGone")]);
  expect(emulator.requests.map(({ account, action }) => `${account} ${action}`)).toEqual([
    "123456789012 GetCallerIdentity",
    "123456789012 RevokeClusterSecurityGroupIngress",
    "123456789012 DescribeClusterSecurityGroups",
  ]);
  expect([corp.code, corp.stderr]).toEqual([2, expect.stringMatching(/SSO session.*aws sso login/i)]);
  const bin = readdirSync(join(installed, "bin")).map((name) => readFileSync(join(installed, "bin", name), "utf8"));
  expect(bin.filter((text) => text.includes("The environment holds no AWS_ACCESS_KEY_ID"))).toEqual([]);
  // The name that priming gives to its resources.
  expect(bin.filter((text) => text.includes('"primed"'))).toEqual([]);
  expect(readFileSync(join(installed, "dist/lambda.mjs"), "utf8")).toContain('"primed"');
});
