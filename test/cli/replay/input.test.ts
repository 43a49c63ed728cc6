import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cli } from "../../support/run.ts";
import { sharedProcess } from "../shared-process.ts";
import { temporaryFiles } from "../temporary-files.ts";
import { problemsIn, resultsIn } from "./results.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const envelope = JSON.parse(readFileSync(open, "utf8"));
const at = ["--at", "2026-11-21"];
const put = temporaryFiles();
const run = sharedProcess();

test.each([
  ["a bare CloudTrail record", () => JSON.stringify(envelope.detail)],
  ["a pretty-printed event", () => JSON.stringify(envelope, null, 4)],
  ["an event of an on-failure queue", () => JSON.stringify({ requestPayload: envelope, responsePayload: { errorMessage: "x" } })],
  [
    "a trail file, except for its unwatched calls",
    () => JSON.stringify({ Records: [{ eventSource: "s3.amazonaws.com", eventName: "GetObject" }, envelope.detail] }),
  ],
  ["one event per line", () => `${JSON.stringify(envelope)}\n`],
])("reads %s, from a file, gzipped and on standard input", async (_name, content) => {
  const plain = await put("sample.json", content());
  const zipped = await put("sample.json.gz", gzipSync(content()));
  const runs = await Promise.all([
    run(["replay", plain, "--json", "--mode", "enforce", ...at]),
    run(["replay", zipped, "--json", "--mode", "enforce", ...at]),
    run(["replay", "-", "--json", "--mode", "enforce", ...at], { input: content() }),
  ]);

  for (const { stdout, code } of runs) expect([code, ...resultsIn(stdout)]).toEqual([0, "revoked"]);
});

test("continues after unreadable events, names their positions and exits with 1", async () => {
  const input = [JSON.stringify(envelope), "{broken", JSON.stringify({ detail: {} }), JSON.stringify(envelope)].join("\n");
  const { stdout, stderr, code } = await cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input });

  expect(code).toBe(1);
  expect(resultsIn(stdout)).toEqual(["revoked", "revoked"]);
  expect(stderr).toContain("-:2: is not JSON");
  expect(stderr).toContain("-:3: Not a CloudTrail record");
});

test("reads gzipped files of any name, and folders of files with one event per line", async () => {
  const inner = dirname(await put("zipped.json", gzipSync(JSON.stringify(envelope))));
  await writeFile(join(inner, "lines.jsonl"), `${JSON.stringify(envelope)}\n`.repeat(2));
  await writeFile(join(inner, "notes.txt"), "no event");
  const { stdout, code } = await run(["replay", inner, "--json", "--mode", "enforce", ...at]);

  expect([code, ...resultsIn(stdout)]).toEqual([0, "revoked", "revoked", "revoked"]);
});

test("reports a file once that is neither JSON nor one event per line", async () => {
  const { stderr, code } = await run(["replay", await put("broken.json", '{\n  "detail": {\n    "a": 1,\n')]);

  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

async function replayed(input: unknown, by = run): Promise<{ code: number | null; stderr: string; results: readonly string[] }> {
  const args = ["replay", "-", "--json", "--mode", "enforce", ...at];
  const { stdout, stderr, code } = await by(args, { input: typeof input === "string" ? input : JSON.stringify(input) });
  return { code, stderr: problemsIn(stderr), results: resultsIn(stdout) };
}

const body = JSON.stringify({ version: "1.0", requestPayload: envelope });
const message = { MessageId: "m-1", ReceiptHandle: "r-1", Body: body };

test.each([
  ["the output of receive-message", { Messages: [message, message] }],
  ["a list of messages", [message, message]],
  ["a list of their bodies", [body, body]],
  ["one message per line", `${JSON.stringify(message)}\n${JSON.stringify(message)}`],
])("reads %s", async (_name, input) => {
  expect(await replayed(input)).toEqual({ code: 0, stderr: "", results: ["revoked", "revoked"] });
});

test.each([
  ["a list with an unknown object", [{ foo: 1 }]],
  ["a record without its eventName", { Records: [{ ...envelope.detail, eventName: undefined }] }],
  ["a body that is not JSON", [{ Body: "{broken" }]],
])("reports %s as unreadable and exits with 1", async (_name, input) => {
  const { code, stderr, results } = await replayed(input);

  expect({ code, results }).toEqual({ code: 1, results: [] });
  expect(stderr).toMatch(/^-#1: /);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

const depth = 9_000;
const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
const text = JSON.stringify(envelope);

test.each([
  [
    "an entry of the answer",
    text.replace(/"responseElements":\{.*?\}(?=,"requestID")/s, `"responseElements":{"iPRanges":[{"cIDRIP":${deep}}]}`),
  ],
  ["the Region", text.replace(/"awsRegion":"[^"]*"/, `"awsRegion":${deep}`)],
  ["the wrapping", `${'{"requestPayload":'.repeat(depth)}${text}${"}".repeat(depth)}`],
])("an event in which %s is nested nine thousand deep does not stop other events", async (_name, hostile) => {
  expect(hostile.length).toBeGreaterThan(depth * 2);
  const { code, stderr, results } = await replayed(`${hostile}\n${text}`, cli);

  expect(results.at(-1)).toBe("revoked");
  expect(stderr).not.toMatch(/^ {2,}at /m);
  expect([0, 1]).toContain(code);
});

test("a port nested nine thousand deep is reported in one line and does not stop other events", async () => {
  const rules = readFileSync("events/AuthorizeSecurityGroupIngress/violating-flat-request.json", "utf8").replaceAll("\n", "");
  const hostile = rules.replace('"fromPort": 6379', `"fromPort": ${deep}`);
  const { code, stderr, results } = await replayed(`${hostile}\n${text}`, cli);

  expect({ code, results }).toEqual({ code: 1, results: ["revoked"] });
  expect(stderr).toMatch(/^-:1: [^\n]*\n$/);
});
