import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alarmsNote } from "../../scripts/build.ts";
import { shippedSamconfig } from "./template/samconfig.ts";

const shipped = shippedSamconfig();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-samconfig-"));
  copyFileSync("samconfig.toml", join(folder, "samconfig.toml"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test.skipIf(spawnSync("git", ["--version"]).status !== 0)("what `sam deploy` saves in samconfig.toml does not ship", () => {
  const before = readFileSync(join(folder, "samconfig.toml"), "utf8");
  execFileSync("git", ["init", "-q"], { cwd: folder });
  execFileSync("git", ["add", "samconfig.toml"], { cwd: folder });
  appendFileSync(join(folder, "samconfig.toml"), 'parameter_overrides = "AlarmEmail=you@example.com"\n');

  expect(shippedSamconfig(folder)).toBe(before);
});

test("without git, samconfig.toml ships as it is", () => {
  appendFileSync(join(folder, "samconfig.toml"), "# a line more\n");

  expect(shippedSamconfig(folder)).toBe(readFileSync(join(folder, "samconfig.toml"), "utf8"));
});

test.each([
  { told: true, parameters: "" },
  { told: true, parameters: 'parameter_overrides = "Mode=audit"\n' },
  { told: true, parameters: 'parameter_overrides = "AlarmEmail= Mode=audit"\n' },
  { told: true, parameters: '# parameter_overrides = "AlarmEmail=you@example.com"\n' },
  { told: false, parameters: 'parameter_overrides = "Mode=audit AlarmEmail=you@example.com"\n' },
  { told: false, parameters: 'parameter_overrides = "AlarmEmail=\\"you@example.com\\""\n' },
  { told: false, parameters: 'parameter_overrides = ["AlarmTopicArn=arn:aws:sns:eu-west-1:123456789012:alarms"]\n' },
])("the build asks who gets the alarms ($told) with $parameters", ({ told, parameters }) => {
  const note = alarmsNote(`${shipped}${parameters}`);

  if (told) expect(note).toMatch(/alarms\s+reach nobody[\s\S]*--parameter-overrides AlarmEmail=/);
  else expect(note).toBeUndefined();
});

test("no documented command saves its arguments in samconfig.toml", () => {
  const commands = ["README.md", "docs/OPERATING.md"].flatMap((file) => readFileSync(file, "utf8").match(/sam deploy[^`\n]*/g) ?? []);

  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) expect(command).not.toMatch(/--guided|-g\b|--save-params/);
  expect(shipped).toContain('stack_name = "ingress-warden"');
});
