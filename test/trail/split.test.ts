import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitter } from "#trail/split.ts";
import { runs } from "../support/long.ts";

/** Splits a text in chunks of some size. Unwanted are all calls but Authorize…. */
function split(text: string | Buffer, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text);
  const parts = splitter((_source, name) => name.startsWith("Authorize"));
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(...parts.push(bytes.subarray(at, at + size)));
  pieces.push(...parts.end());
  let { unwanted } = parts;
  const found = pieces.flatMap(({ content, line, column, index }): unknown[] => {
    const place = `${line}:${column}${index > 0 ? `#${index}` : ""}`;
    if ("problem" in content) return [`${place} ${content.problem}`];
    const value = JSON.parse(content.toString());
    // A record that is cut between two chunks is left to who parses it.
    if (value?.eventName !== "GetObject") return [[place, value]];
    unwanted++;
    return [];
  });
  return { found, unwanted };
}

const wanted = { eventVersion: "1.11", eventSource: "redshift.amazonaws.com", eventName: "AuthorizeEndpointAccess", eventID: "a" };
const other = { ...wanted, eventSource: "s3.amazonaws.com", eventName: "GetObject" };
const { length } = JSON.stringify(other);
const texts = (...values: unknown[]) => values.map((value) => JSON.stringify(value));

describe("the items of a text", () => {
  test.each([
    ["a trail's file", JSON.stringify({ Records: [other, wanted, other] }), [["1:1#2", wanted]]],
    ["a pretty-printed one", JSON.stringify({ Records: [other, wanted, other] }, null, 2), [["1:1#2", wanted]]],
    ["a list", JSON.stringify([other, wanted, other]), [["1:1#2", wanted]]],
    ["lines", texts(other, wanted, other).join("\n"), [["2:1", wanted]]],
    ["values one after the other", texts(other, wanted, other).join(""), [[`1:${length + 1}`, wanted]]],
    ["values on the same line", texts(other, other, wanted).join("\t"), [[`1:${2 * length + 3}`, wanted]]],
    ["a byte order mark and spaces", `\ufeff\n  ${texts(other, other, wanted).join("\r\n\r\n")}\n`, [["6:1", wanted]]],
    [
      "lines with timestamps",
      `2026-11-20T10:00:00.000Z ${texts(other, wanted, other).join("\n2026-11-20T10:00:00.000Z ")}`,
      [["2:1", wanted]],
    ],
    [
      "lines after lines with timestamps",
      [other, wanted, other].map((each) => `2026-11-20T10:00:00+00:00 s \r\n${JSON.stringify(each, null, 4)}\r\n`).join(""),
      [[`${JSON.stringify(other, null, 4).split("\n").length + 3}:1`, wanted]],
    ],
    [
      "other members beside a list",
      JSON.stringify({ resources: [1], Records: [other, other], more: ["x"], Events: [wanted] }),
      [["1:1#1", wanted]],
    ],
  ])("are found in %s, also in the smallest chunks", (_name, text, found) => {
    const unwanted = 2;
    expect(split(text)).toEqual({ found, unwanted });
    expect(split(text, 1)).toEqual({ found, unwanted });
    expect(split(text, 7)).toEqual({ found, unwanted });
  });

  test("are the same however a text is cut", () => {
    const value = fc.oneof(fc.constant(wanted), fc.constant(other), fc.jsonValue());
    const document = fc.oneof(
      value,
      fc.array(value).map((Records) => ({ Records })),
      fc.record({ NextToken: fc.string(), Events: fc.array(value), Records: fc.array(value) }),
    );
    const text = fc
      .tuple(fc.array(document), fc.constantFrom(0, 2), fc.constantFrom("\n", "\r\n", "", " "))
      .map(([all, indent, separator]) => all.map((each) => JSON.stringify(each, null, indent)).join(separator));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 64 }), (all, size) => void expect(split(all, size)).toEqual(split(all))),
      { numRuns: runs },
    );
  });
});

test("a record is not parsed by its nested members, its texts or other keys", () => {
  const nested = {
    ...other,
    requestParameters: { eventSource: wanted.eventSource, eventName: wanted.eventName, note: JSON.stringify(wanted) },
  };
  expect(split(JSON.stringify(nested))).toEqual({ found: [], unwanted: 1 });
});

test.each([
  ["the name is escaped", JSON.stringify(wanted).replace("Authorize", "\\u0041uthorize")],
  ["the key is escaped", JSON.stringify(other).replace('"eventName"', '"event\\u004eame"').replace("GetObject", "AuthorizeX")],
  ["the key is there twice", JSON.stringify(wanted).replace("{", '{"eventName":"GetObject",')],
  ["the key is there twice, once escaped", JSON.stringify(other).replace("}", ',"event\\u004eame":"AuthorizeX"}')],
  ["there are spaces", JSON.stringify(wanted).replaceAll('":', '" \t:\r\n ')],
  ["a value is like the key", JSON.stringify({ ...wanted, eventID: "eventName", requestID: "eventSource" })],
  ["another key has its length", JSON.stringify({ ...wanted, abcdeNghi: "GetObject", abcdeSghijk: "s3.amazonaws.com" })],
  ["the name is null", JSON.stringify({ ...wanted, eventName: null })],
])("a record is parsed if %s", (_name, text) => {
  for (const size of [1, 10, Number.POSITIVE_INFINITY])
    expect(split(text, size)).toEqual({ found: [["1:1", JSON.parse(text)]], unwanted: 0 });
});

describe("what is not JSON", () => {
  const line = JSON.stringify(wanted);
  test.each([
    ["{broken", "a value starts where none can be"],
    ['{"a":"cut off', "a text is not closed"],
    ['{"a":{"b":1,', "a value starts where none can be"],
    ['{"a":[', "a value starts where none can be"],
    ["{]", "its brackets do not match"],
    ["no JSON, at all", "is not JSON"],
    [`${line.slice(0, 40)}`, "a text is not closed"],
    ["2026-11-20T10:00:00Z s is text ", "is not JSON"],
  ])("is a problem of its line, and the next ones are read: %s", (broken, words) => {
    const text = [line, broken, line, line].join("\n");
    for (const size of [1, 10, Number.POSITIVE_INFINITY])
      expect(split(text, size).found).toEqual([
        ["1:1", wanted],
        expect.stringMatching(`^2:1 .*${words}`),
        ["3:1", wanted],
        ["4:1", wanted],
      ]);
  });

  test("is a timestamp and a stream without a record on the next line", () => {
    const text = `2026-11-20T10:00:00Z s \n2026-11-20T10:00:00Z s \n${line}`;
    for (const size of [1, 10, Number.POSITIVE_INFINITY])
      expect(split(text, size).found).toEqual([expect.stringMatching(/^1:1 is not JSON/), ["3:1", wanted]]);
  });

  test("at the end of a text is a problem after what is before it", () => {
    const text = JSON.stringify({ Records: [other, wanted, other] });
    expect(split(text.slice(0, -30))).toEqual({
      found: [["1:1#2", wanted], "1:1#3 is not JSON: it ends within a value"],
      unwanted: 1,
    });
  });

  test("is one problem for all lines of a pretty-printed value, and for lines that do not start like JSON", () => {
    const text = `{\n  "a": {\n    "b": 1,\n${"prose, with a comma\n".repeat(3)}${line}`;
    expect(split(text).found).toEqual([expect.stringMatching(/^1:1 /), ["7:1", wanted]]);
  });

  test("does not make reading slow, even when each line may go on in the next", () => {
    const start = performance.now();
    const { found } = split(`${'{"a":\n'.repeat(30_000)}${line}\n`);

    expect(found.length).toBeGreaterThan(10);
    expect(found.at(-1)).toEqual(["30001:1", wanted]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  const large = `${"x".repeat(1_000_000)}\\"`.repeat(40);
  test.each([
    ["a text", `"${large}"`, "2:1"],
    ["a member", `{"a":[{"b":"${large}"}],"c":{"d":["e"]}}`, "2:1"],
    ["an entry", `{"Records":[${line},"${large}",{"a":"${large}","b":[1]},${line}]}`, "2:1#2", "2:1#3"],
    ["a member before a list", `{"a":"${large}","Records":[${line}]}`, "2:1"],
    ["a value without texts", `[{"a":[${"1,".repeat(20_000_000)}1]}]`, "2:1#1"],
    ["a line of something else", "x".repeat(40_000_000), "2:1"],
  ])("is named once if it is %s of more than 16 MB, and all else is read", (_name, content, ...places) => {
    const { found } = split(`${line}\n${content}\n${line}`, 1_000_000);
    const isOther = content.startsWith("x");

    expect(found.filter((each) => typeof each === "string")).toEqual(
      places.map((place) => expect.stringMatching(isOther ? `^${place} is not JSON` : `^${place} has more than 16 MB`)),
    );
    expect(found.filter((each) => typeof each !== "string").map((each) => (each as unknown[])[1])).toEqual(
      Array(2 + content.split(line).length - 1).fill(wanted),
    );
  });

  test("is a value that is too large or too deep, without keeping it in memory", () => {
    const deep = split(`${"[".repeat(20_000)}\n${line}`).found;
    expect(deep).toEqual([expect.stringContaining("nested deeper than 10000"), ["2:1", wanted]]);
    const chunk = Buffer.alloc(1024 * 1024, " ");
    const parts = splitter(() => true);
    const problems = [Buffer.from("{"), ...Array(64).fill(chunk)].flatMap((each) => [...parts.push(each)]);
    expect(problems).toMatchObject([{ content: { problem: expect.stringContaining("more than 16 MB") } }]);
  });
});
