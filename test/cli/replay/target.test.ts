import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { cli } from "../../support/run.ts";
import { sharedProcess } from "../shared-process.ts";
import { temporaryFiles } from "../temporary-files.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { resultsIn } from "./results.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const at = ["--at", "2026-11-21"];
const put = temporaryFiles();
const run = sharedProcess();

test("with --endpoint makes no grant and sends the revoke to the endpoint", async () => {
  await using emulator = await startEmulator();
  const { stdout, code } = await run(["replay", open, "--endpoint", emulator.url, "--mode", "enforce", "--json", ...at]);

  expect([code, ...resultsIn(stdout)]).toEqual([0, "alreadyGone"]);
  expect(emulator.requests.map(({ action }) => action)).toEqual(["RevokeClusterSecurityGroupIngress", "DescribeClusterSecurityGroups"]);
});

test("refuses a remote endpoint without --aws, and --mode enforce for a policy that audits against AWS", async () => {
  const elsewhere = await run(["replay", open, "--endpoint", "https://redshift.eu-west-1.amazonaws.com"]);
  const loosened = await run(["replay", open, "--aws", "--mode", "enforce"]);

  const partly = await put(
    "partly.json",
    JSON.stringify({ mode: "enforce", auditOnly: [{ services: ["redshift"] }], permit: [{ name: "own", owners: ["self"] }] }),
  );
  const widened = await run(["replay", open, "--aws", "--mode", "enforce", "--policy", partly]);

  expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining("--aws")]);
  expect([widened.code, widened.stderr]).toEqual([2, expect.stringContaining("cannot override")]);
  expect([loosened.code, loosened.stderr]).toEqual([2, expect.stringContaining("audit")]);
});

test("with --aws revokes only in the account of the credentials", async () => {
  await using emulator = await startEmulator();
  const policy = await put("enforcing.json", JSON.stringify({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] }));
  const env = (account: string) => ({
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "x",
  });
  const [own, other] = await Promise.all(
    ["123456789012", "999988887777"].map((account) => cli(["replay", open, "--aws", "--json", "--policy", policy], { env: env(account) })),
  );

  expect(resultsIn(own?.stdout ?? "")).toEqual(["alreadyGone"]);
  expect([other?.code, ...resultsIn(other?.stdout ?? "")]).toEqual([1, "failed"]);
  expect(emulator.requests.filter(({ account, service }) => account === "999988887777" && service !== "sts")).toEqual([]);
});

test.each([
  [["replay", open, "--endpoint", "nowhere"], "write a URL"],
  [["replay", open, "--endpoint", "\u009b"], '"\\u{9b}": write a URL'],
  [["replay", open, "--endpoint", "http://x.example/\u202e"], '/\\u{202e}" is not on this machine'],
])("wrong usage prints one line with the fix and exits with 2: %j", async (args, words) => {
  expectWrongUsage(await run(args), words);
});
