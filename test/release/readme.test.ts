import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cli } from "../support/run.ts";

const readme = readFileSync("README.md", "utf8");
const { scripts, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const words = (line: string) => line.trim().split(/\s+/);

test("the first command prints what README shows", async () => {
  const [, command = "", output = ""] = /```console\n\$ npm ci && npm run replay -- (.*)\n([\s\S]*?)```/.exec(readme) ?? [];
  const [node, entrance, ...args] = words(scripts.replay);
  const { stdout, code } = await cli([...args, ...words(command), "--at", "2026-11-21"]);

  expect([node, entrance]).toEqual(["node", "src/cli/index.ts"]);
  expect([stdout, code]).toEqual([output, 0]);
});

test("names the two commands of a fresh clone, and both are scripts", () => {
  expect(readme).toContain("`npm ci && npm run replay`");
  expect(readme).toContain("`npm ci && npm test`");
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["replay", "test", "build", "cli"]));
});

test("the commands of `npm run -s cli` that README shows whole run, and do not fail", async () => {
  const commands = [...readme.matchAll(/`npm run -s cli -- ((?:check|explain|schema)[^`]*)`/g)].map(([, command]) => command ?? "");

  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const { code, stderr } = await cli(words(command));
    expect([command, stderr]).toEqual([command, ""]);
    expect([0, 3]).toContain(code);
  }
});

test("every package that is installed with it has its reason", () => {
  const [, table = ""] = /## Why each package\n([\s\S]*?)(?:\n## |$)/.exec(readFileSync("CONTRIBUTING.md", "utf8")) ?? [];
  expect(Object.keys(dependencies).filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});
