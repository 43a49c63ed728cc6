import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runNode } from "../support/run.ts";
import { sharedProcess } from "./shared-process.ts";
import { expectWrongUsage } from "./wrong-usage.ts";

const run = sharedProcess();
const offline = ["replay", "check", "explain", "schema"];
const names = [...offline, "inventory", "sweep", "who"];
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

test("-V and --version print the version", async () => {
  for (const flag of ["-V", "--version"]) expect(await run([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("without a command, with help and with --help, every command is listed", async () => {
  const [bare, ...others] = [await run([]), await run(["help"]), await run(["--help"]), await run(["-h"])];

  expect(names.filter((name) => !bare?.stdout.includes(`\n  ${name} `))).toEqual([]);
  for (const other of others) expect(other).toEqual(bare);
});

test.each(names)("help %s prints what %s --help prints, with examples", async (name) => {
  const [help, flag] = [await run(["help", name]), await run([name, "--help"])];

  expect(help).toEqual(flag);
  expect(help.stdout).toMatch(new RegExp(`\nExamples:\n  ingress-warden ${name}\\b.*\n      [A-Z].*\\.\n`));
});

test("help of an unknown command is wrong usage, with a suggestion", async () => {
  expectWrongUsage(await run(["help", "chekc"]), "did you mean check?");
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-examples-"));
  cpSync("policy.json", join(folder, "policy.json"));
  const sample = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
  for (const name of ["events/open.json", "event.json"]) cpSync(sample, join(folder, name), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(names)("the examples of %s have only flags that it has", async (name) => {
  const { stdout } = await run(["help", name]);
  const [flags = "", examples = ""] = stdout.slice(stdout.indexOf("Flags:")).split("Examples:");
  const used = [...examples.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag);

  expect(used.filter((flag) => !flags.includes(`\n  --${flag} `))).toEqual([]);
});

test.each(offline)("every example of %s runs as it is written", async (name) => {
  const { stdout } = await run(["help", name]);
  const examples = [...stdout.matchAll(/^ {2}ingress-warden (.*)$/gm)].map(([, args = ""]) => args);
  const ended = await Promise.all(
    examples.map((args) => {
      const script = `require("node:child_process").execSync(process.argv[1], { stdio: "inherit" })`;
      const command = `${process.execPath} ${resolve("src/cli/index.ts")} ${args}`;
      return runNode(["-e", `try { ${script} } catch ({ status }) { process.exitCode = status }`, command], { cwd: folder });
    }),
  );

  expect(ended.length).toBeGreaterThan(0);
  expect(ended.map(({ code, stderr }) => [[0, 2, 3].includes(code ?? 1), stderr.includes("usage")])).toEqual(
    ended.map(() => [true, false]),
  );
});

test.each([
  [{}, "violation  redshift"],
  [{ FORCE_COLOR: "1" }, "\u001b[33mviolation\u001b[39m  redshift"],
  [{ NO_COLOR: "1" }, "violation  redshift"],
  [{ FORCE_COLOR: "0" }, "violation  redshift"],
])("explain prints the verdict in the colours that the environment %j asks for", async (env, begin) => {
  const asked = ["explain", "--service", "redshift", "--resource", "a", "--range", "192.0.0.0/8"];
  const { stdout } = await runNode(["src/cli/index.ts", ...asked], { env });

  expect(stdout.slice(0, begin.length)).toBe(begin);
});

test("check and replay use the same colours, and --json has none", async () => {
  const env = { FORCE_COLOR: "1" };
  const replayed = ["src/cli/index.ts", "replay", "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json"];
  const [checked, shown, json] = await Promise.all([
    runNode(["src/cli/index.ts", "check"], { env }),
    runNode(replayed, { env }),
    runNode([...replayed, "--json"], { env }),
  ]);

  expect(checked?.stdout).toContain("\u001b[33mwarning\u001b[39m: ");
  expect(checked?.stdout).toContain("\u001b[32mvalid\u001b[39m, ");
  expect(shown?.stdout).toContain("\u001b[33mreported   \u001b[39m redshift");
  expect(json?.stdout).not.toContain("\u001b");
});
