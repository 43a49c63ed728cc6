import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cli } from "../../support/run.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const envelope = JSON.parse(readFileSync(open, "utf8"));

async function replayed(input: unknown): Promise<{ code: number | null; stderr: string; results: readonly string[] }> {
  const args = ["replay", "-", "--json", "--mode", "enforce", "--at", "2026-11-21"];
  const { stdout, stderr, code } = await cli(args, { input: typeof input === "string" ? input : JSON.stringify(input) });
  const lines = stdout.split("\n").filter(Boolean);
  return { code, stderr, results: lines.map((line) => JSON.parse(line).result) };
}

const body = JSON.stringify({ version: "1.0", requestPayload: envelope });
const message = { MessageId: "m-1", ReceiptHandle: "r-1", Body: body };

test.each([
  ["what receive-message prints", { Messages: [message, message] }],
  ["a list of messages", [message, message]],
  ["a list of their bodies", [body, body]],
  ["messages and bodies, one a line", `${JSON.stringify(message)}\n${JSON.stringify(message)}`],
])("%s is read", async (_name, input) => {
  expect(await replayed(input)).toEqual({ code: 0, stderr: "", results: ["revoked", "revoked"] });
});

test.each([
  ["an object of another kind in a list", [{ foo: 1 }]],
  ["a record without its eventName", { Records: [{ ...envelope.detail, eventName: undefined }] }],
  ["a body that is no JSON", [{ Body: "{broken" }]],
  [
    "a body that is a call of another kind",
    [{ Body: JSON.stringify({ detail: { eventSource: "s3.amazonaws.com", eventName: "GetObject" } }) }],
  ],
])("%s is unreadable, and told with 1", async (_name, input) => {
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
])("%s nested nine thousand deep stops no other event", async (_name, hostile) => {
  expect(hostile.length).toBeGreaterThan(depth * 2);
  const { code, stderr, results } = await replayed(`${hostile}\n${text}`);

  expect(results.at(-1)).toBe("revoked");
  expect(stderr).not.toMatch(/^ {2,}at /m);
  expect([0, 1]).toContain(code);
});

test("a port nested nine thousand deep is told in a line, and stops no other event", async () => {
  const rules = readFileSync("events/AuthorizeSecurityGroupIngress/violating-flat-request.json", "utf8").replaceAll("\n", "");
  const hostile = rules.replace('"fromPort": 6379', `"fromPort": ${deep}`);
  const { code, stderr, results } = await replayed(`${hostile}\n${text}`);

  expect({ code, results }).toEqual({ code: 1, results: ["revoked"] });
  expect(stderr).toMatch(/^-:1: [^\n]*\n$/);
});
