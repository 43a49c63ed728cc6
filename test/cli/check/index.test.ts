import { expect, test } from "vitest";
import { rawTexts } from "../../support/output.ts";
import { sharedProcess } from "../shared-process.ts";
import { temporaryFiles } from "../temporary-files.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { base, checker, withMore } from "./checked.ts";

const at = ["--at", "2026-11-21"];
const put = temporaryFiles();
const run = sharedProcess();
const check = checker(run);

test("warns of the documentation addresses and account ids in the sample policy", async () => {
  const { stdout, code } = await run(["check", ...at]);

  expect(code).toBe(0);
  expect(stdout).toContain("office-and-vpn: ranges reserved for documentation, which no network has: 203.0.113.0/24");
  expect(stdout).toContain("own-accounts: account ids from AWS's documentation: 111122223333");
  expect(stdout).toContain("policy.json: valid, 7 statements, mode audit");
});

test("warns of capitals in exceptions, and counts the scopes with the other mode", async () => {
  const { stdout } = await check({ ...base, auditOnly: [{ resources: ["Sales-*"] }] });

  expect(stdout).toContain("auditOnly: AWS stores resource names in lower case, so these patterns never match: Sales-*");
  expect(stdout).toContain("mode enforce, audit in 1 scope");
});

test("warns of exceptions that fit no name and no Region, as the other mode would then apply nowhere", async () => {
  const { stdout } = await check({ ...base, mode: "audit", enforceOnly: [{ resources: ["dwh-.*"], regions: ["eu-wst-*"] }] });

  expect(stdout).toContain("enforceOnly: regular expressions, but ");
  expect(stdout).toContain("enforceOnly: no AWS Region that this version knows matches: eu-wst-*");
});

test.each([
  ["a policy without warnings", [], 0],
  ["a statement that expires within 14 days", [{ name: "x", ranges: ["10.0.0.0/8"], until: "2026-12-04" }], 0],
  ["an expired statement", [{ name: "x", ranges: ["10.0.0.0/8"], until: "2026-11-20" }], 2],
  ["any other warning", [{ name: "x", ranges: ["10.0.0.0/8"], regions: ["eu-wst-1"] }], 2],
])("--strict with %s: exit code", async (_name, permit, expected) => {
  const file = await put("strict.json", JSON.stringify(withMore(permit)));
  const [strict, lenient] = [await run(["check", file, "--strict", ...at]), await run(["check", file, ...at])];

  expect([strict.code, lenient.code]).toEqual([expected, 0]);
  expect(strict.stdout).toBe(lenient.stdout);
});

test("- reads standard input", async () => {
  const [valid, invalid, empty] = [JSON.stringify(base), "{", ""].map((input) => run(["check", "-"], { input }));

  expect(await valid).toMatchObject({ code: 0, stdout: "standard input: valid, 1 statement, mode enforce\n" });
  expect(await invalid).toMatchObject({ code: 2, stderr: expect.stringMatching(/^standard input:1:2: not JSON: .*\n$/) });
  expect(await empty).toMatchObject({ code: 2, stderr: "standard input:1:1: the policy is empty\n" });
});

test("standard input without an end is refused once it is too large", async () => {
  const { stderr, code } = await run(["check", "-"], { input: "x".repeat(8_400_000) });

  expect([code, stderr]).toEqual([2, "standard input: the policy has more than 8388608 bytes: shorten it\n"]);
});

test("prints no warning for a policy without faults", async () => {
  const sales = { name: "y", owners: ["345678901234"], authorizations: ["AuthorizeDataShare"], resources: ["*/Sales"] };
  expect((await check(withMore([{ name: "x", ranges: ["10.0.0.0/8"] }, sales]))).stdout).not.toContain("warning");
});

test("escapes control characters in a file's name", async () => {
  const [valid, invalid] = await Promise.all([put("a\u001b[2J.json", JSON.stringify(base)), put("b\u009b.json", "{")]);
  const [good, bad] = await Promise.all([run(["check", valid]), run(["check", invalid])]);

  expect(good.stdout).toContain("a\\u{1b}[2J.json: valid");
  expect(bad.stderr).toContain("b\\u{9b}.json:1:");
  expect(rawTexts([good.stdout, bad.stderr].join("").split("\n"))).toEqual([]);
});

test("shows every error of an invalid policy with its position, and exits with 2", async () => {
  const file = await put("bad.json", '{ "mode": "enforce",\n  "permit": [{ "name": "x", "ranges": ["10.0.0.1/8", "::1"] }] }');
  const { stderr, stdout, code } = await run(["check", file]);

  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(':2:40: "10.0.0.1/8": has host bits set: write "10.0.0.0/8"');
  expect(stderr).toContain(':2:54: "::1": is an address without a prefix length: write "::1/128"');
});

test.each([
  [["check", "a.json", "b.json"], "one policy file"],
  [["check", "policy.json", "--policy", "policy.json"], "as FILE or with --policy"],
  [["check", "--at", "\u009b"], '"\\u{9b}": write a date'],
  [["check", "no\u001b[2Jsuch.json"], "no\\u{1b}[2Jsuch.json: the policy cannot be read"],
])("wrong usage prints one line with the fix and exits with 2: %j", async (args, words) => {
  expectWrongUsage(await run(args), words);
});
