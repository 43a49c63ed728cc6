import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";

const open = resolve("events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json");
/** A folder whose events/ has one event, which is permitted. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-input-"));
  cpSync("policy.json", join(folder, "policy.json"));
  cpSync("events/AuthorizeClusterSecurityGroupIngress/permitted-range.json", join(folder, "events/a.json"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a shell command in the folder. `$replay` is the command without a PATH. */
async function shell(command: string) {
  const replay = `${process.execPath} ${resolve("src/cli/index.ts")} replay --mode enforce --at 2026-11-21`;
  const child = spawn("sh", ["-c", command.replaceAll("$replay", replay)], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stderr, totals: stdout.trimEnd().split("\n").at(-1) };
}

test.concurrent.each([
  ["a pipe whose data comes late is read", `(sleep 2; cat ${open}) | $replay`, "1 revoked"],
  ["a redirected file is read", `$replay < ${open}`, "1 revoked"],
  ["a process substitution is read", `bash -c '$replay <(cat ${open})'`, "1 revoked"],
  ["/dev/stdin is read", `cat ${open} | $replay /dev/stdin`, "1 revoked"],
  ["/dev/null counts as no input", "$replay < /dev/null", "1 permitted"],
  ["the input that another program gives counts as no input", "$replay", "1 permitted"],
])("%s", async (_name, command, totals) => {
  expect(await shell(command)).toEqual({ stderr: "", totals });
});

test.concurrent("an empty pipe counts as no input, and the command says so: what wrote to the pipe may have failed", async () => {
  const stderr = "standard input is empty: reading events\n";
  expect(await shell(": | $replay")).toEqual({ stderr, totals: "1 permitted" });
});

test.concurrent("a pipe without data is wrong usage, and not waited for", async () => {
  const { stderr } = await shell("mkfifo pipe && $replay <>pipe; echo exit $? >&2");

  expect(stderr).toMatch(/^standard input is a pipe without data after 10 s: give - as PATH.*\nexit 2\n$/);
});
