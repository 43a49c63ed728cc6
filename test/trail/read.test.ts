import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { readTrail } from "#trail/read.ts";
import { bucketFiles, envelope, record, trailFile, unwatched } from "../support/trail-files.ts";

const folder = mkdtempSync(join(tmpdir(), "ingress-warden-trail-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a file of this content, whose label is F. */
async function read(content: string | Buffer, name = "f.json") {
  const path = join(mkdtempSync(join(folder, "x-")), name);
  writeFileSync(path, content);
  const { items, skipped } = await readTrail(
    [path],
    (source, called) => source === record["eventSource"] && called === record["eventName"],
  );
  const found = await Array.fromAsync(items);
  expect(found.map(({ file }) => file)).toEqual(found.map(() => path));
  return { found: found.map(({ file: _, ...item }) => ({ ...item, label: item.label.replace(path, "F") })), skipped };
}

const json = JSON.stringify;
const event = { detail: record };
const sqs = (body: string) => ({ MessageId: "m", ReceiptHandle: "r", Body: body });
const sns = (Message: string) => ({ Type: "Notification", MessageId: "n", TopicArn: "arn:aws:sns:eu-west-1:123456789012:t", Message });
const logEvents = (...records: readonly unknown[]) =>
  records.map((each, id) => ({ id: `${id}`, timestamp: 1_763_632_800_000, message: typeof each === "string" ? each : json(each) }));
const subscription = (...records: readonly unknown[]) => ({
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "CloudTrail/DefaultLogGroup",
  logStream: "123456789012_CloudTrail_eu-west-1",
  subscriptionFilters: ["all"],
  logEvents: logEvents(...records),
});
const lookup = (...records: readonly unknown[]) =>
  records.map((each) => ({ EventId: "e", EventName: "n", EventTime: 1_763_632_800.0, Resources: [], CloudTrailEvent: json(each) }));

/** Each form has an event that is watched, then one that is not. */
const forms: readonly (readonly [name: string, content: string | Buffer, label: string])[] = [
  ["a file of a trail", trailFile(record, unwatched), "F#1"],
  ["two records on lines", `${json(record)}\n${json(unwatched)}\n`, "F:1"],
  ["two events on lines", `${json(envelope)}\n${json({ ...envelope, detail: unwatched })}\n`, "F:1"],
  ["pretty-printed records", `${json(record, null, 2)}\n${json(unwatched, null, 2)}\n`, "F:1"],
  ["records without line breaks, as Firehose delivers them", json(record) + json(unwatched), "F:1"],
  ["a gzip file of two members", Buffer.concat([gzipSync(json(record)), gzipSync(json(unwatched))]), "F:1"],
  ["a list of records", json([record, unwatched]), "F#1"],
  ["aws cloudtrail lookup-events", json({ Events: lookup(record, unwatched), NextToken: "t" }, null, 4), "F#1"],
  ["its --query 'Events[].CloudTrailEvent'", json([json(record), json(unwatched)], null, 4), "F#1"],
  ["that with --output text", `${json(record)}\t${json(unwatched)}\n`, "F:1"],
  [
    "an export of CloudWatch Logs",
    gzipSync(`2026-11-20T10:00:00.000Z ${json(record)}\n2026-11-20T10:00:00.100Z ${json(unwatched)}\n`),
    "F:1",
  ],
  [
    "aws logs tail",
    `2026-11-20T10:00:00+00:00 123456789012_CloudTrail_eu-west-1 ${json(record)}\n2026-11-20T10:00:00+00:00 s ${json(unwatched)}\n`,
    "F:1",
  ],
  [
    "aws logs tail --format json",
    [record, unwatched]
      .map((each) => `2026-11-20T10:00:00.123000+00:00 123456789012_CloudTrail_eu-west-1 \n${json(each, null, 4)}\n`)
      .join(""),
    "F:2",
  ],
  ["aws logs filter-log-events", json({ events: logEvents(record, unwatched), searchedLogStreams: [] }, null, 4), "F#1"],
  ["a payload of a subscription", json(subscription(record, unwatched)), "F#1"],
  ["that as Lambda receives it", json({ awslogs: { data: gzipSync(json(subscription(record, unwatched))).toString("base64") } }), "F#1"],
  [
    "that as Lambda receives it from Kinesis",
    json({
      Records: [
        {
          kinesis: { data: gzipSync(json(subscription(record, unwatched))).toString("base64") },
          eventSource: "aws:kinesis",
          eventName: "aws:kinesis:record",
        },
      ],
    }),
    "F#1#1",
  ],
  ["messages of a topic", `${json(sns(json(envelope)))}\n${json(sns(json(unwatched)))}`, "F:1"],
  [
    "those as Lambda receives them",
    json({ Records: [record, unwatched].map((each) => ({ EventSource: "aws:sns", Sns: sns(json(each)) })) }),
    "F#1",
  ],
  ["messages of a queue", json({ Messages: [sqs(json(record)), sqs(json(unwatched))] }), "F#1"],
  ["messages of a topic in a queue", json({ Messages: [sqs(json(sns(json(record)))), sqs(json(sns(json(unwatched))))] }), "F#1"],
  [
    "messages of a queue as Lambda receives them",
    json({ Records: [envelope, unwatched].map((each) => ({ messageId: "m", body: json(each), eventSource: "aws:sqs" })) }),
    "F#1",
  ],
  ["events of an on-failure queue", `${json({ requestPayload: envelope })}${json({ requestPayload: { detail: unwatched } })}`, "F:1"],
];

test.each(forms)("reads %s, plain, gzipped and streamed; what is not watched is counted", async (_name, content, label) => {
  const expected = {
    found: [{ label, event: expect.objectContaining(event) }],
    skipped: { notWatched: 1, notATrail: new Map(), duplicates: 0 },
  };
  expect(await read(content)).toEqual(expected);
  if (typeof content === "string") expect(await read(gzipSync(content))).toEqual(expected);
});

test("a control message of CloudWatch Logs is no event and no error", async () => {
  const message = "CWL CONTROL MESSAGE: Checking health of destination Firehose.";
  const control = { ...subscription(message), messageType: "CONTROL_MESSAGE" };
  expect(await read(`${json(control)}${json(subscription(record))}`)).toEqual({
    found: [{ label: expect.stringMatching(/^F:1:\d+#1$/), event }],
    skipped: { notWatched: 0, notATrail: new Map([["CloudWatch Logs", 1]]), duplicates: 0 },
  });
});

test("a single value is named by its file, and several by their positions", async () => {
  const label = async (text: string) => (await read(text)).found.map((item) => item.label);

  expect(await label(json(record))).toEqual(["F"]);
  expect(await label(`\n${json(record, null, 2)}\n`)).toEqual(["F"]);
  expect(await label(`${json(unwatched)}\n${json(record)}\n`)).toEqual(["F:2"]);
  expect(await label(`${json({ Records: [record] })}\n${json({ Records: [unwatched, record] })}`)).toEqual(["F#1", "F:2#2"]);
  expect(await label(json([{ Records: [record, json([record])] }]))).toEqual(["F#1#1", "F#1#2#1"]);
});

test.each([
  ["zstd", Buffer.from("28b52ffd0458", "hex"), /zstd/],
  ["zip", Buffer.from("PK\x03\x04\x14\x00"), /zip/],
  ["bzip2", Buffer.from("BZh91AY"), /bzip2/],
  ["xz", Buffer.from("fd377a585a0000", "hex"), /xz/],
  ["Parquet", Buffer.from("PAR1\x15"), /Parquet/],
  ["UTF-16, little endian", Buffer.from(`\ufeff${json(record)}`, "utf16le"), /UTF-16/],
  ["UTF-16, big endian", Buffer.from(`\ufeff${json(record)}`, "utf16le").swap16(), /UTF-16/],
  ["UTF-16 without a mark", Buffer.from(json(record), "utf16le"), /UTF-16/],
  ["CSV", 'eventVersion,userIdentity,eventTime\n1.11,"{}",2026-11-20\n', /CSV/],
  ["quoted CSV", '"eventVersion","userIdentity","eventTime"\n"1.11","{}","2026-11-20"\n', /CSV/],
  ["gzip in gzip", gzipSync("x"), /gzip inside gzip/],
  ["nothing", "", /is empty/],
  ["spaces", " \n\t\n", /is empty/],
  ["other JSON", "{}", undefined],
])("%s is one problem that says what it is, also gzipped", async (name, content, words) => {
  const { found } = await read(gzipSync(content));
  const plain = name.startsWith("gzip") ? found : (await read(content)).found;

  expect(plain).toEqual(found);
  expect(found).toEqual([words ? { label: "F", problem: expect.stringMatching(words) } : { label: "F", event: {} }]);
});

describe("a gzip file", () => {
  test("that is cut off yields what is in it, and is a problem", async () => {
    const noise = Array.from({ length: 3_000 }, (_, n) => ({ ...unwatched, eventID: `${n}${Math.sin(n)}` }));
    const whole = trailFile(record, ...noise);
    const { found, skipped } = await read(whole.subarray(0, whole.length >> 1));

    expect(found).toEqual([
      { label: "F#1", event },
      { label: "F", problem: expect.stringContaining("unexpected end of file") },
    ]);
    expect(skipped.notWatched).toBeGreaterThan(500);
  });

  test("that is a bomb is a problem, after a bounded part of it", async () => {
    const layer = gzipSync(Buffer.alloc(32 * 1024 * 1024, " "), { level: 9 });
    const start = performance.now();
    const { found } = await read(Buffer.concat(Array.from({ length: 64 }, () => layer)));

    expect(found).toEqual([{ label: "F", problem: expect.stringContaining("200 times its size") }]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test("whose last four bytes lie about its size is a problem", async () => {
    for (const size of [0, 5, 2 ** 32 - 1]) {
      const content = trailFile(record, unwatched);
      content.writeUInt32LE(size, content.length - 4);
      expect((await read(content)).found).toEqual([
        { label: "F#1", event },
        { label: "F", problem: "cannot be read: incorrect length check" },
      ]);
    }
  });

  test.each([
    ["cut off", Buffer.alloc(0), "unexpected end of file"],
    ["corrupt", Buffer.alloc(100, 0xff), "invalid block type"],
  ])("that is %s yields every record before that, and one problem", async (_name, rest, words) => {
    for (const count of [2, 40, 3_000]) {
      const records = Array.from({ length: count }, (_, n) => ({ ...record, eventID: `${n} ${Math.sin(n)}` }));
      const text = `${records.map((each) => json(each)).join("\n")}\n{"eventSource":`;
      const { found } = await read(Buffer.concat([gzipSync(text, { finishFlush: constants.Z_SYNC_FLUSH }), rest]));

      expect(found).toEqual([
        ...records.map((detail, n) => ({ label: `F:${n + 1}`, event: { detail } })),
        { label: "F", problem: `cannot be read: ${words}` },
      ]);
    }
  });

  test("may have zero bytes at its end; data after them is a problem, as it is for gzip(1)", async () => {
    const member = trailFile(record, unwatched);
    const whole = [{ label: "F#1", event }];
    for (const zeros of [1, 7, 512, 100_000]) {
      const padded = Buffer.concat([member, Buffer.alloc(zeros)]);
      expect((await read(padded)).found).toEqual(whole);
      expect((await read(Buffer.concat([padded, member]))).found).toEqual([
        ...whole,
        { label: "F", problem: expect.stringContaining("other data follows zero bytes") },
      ]);
    }
  });
});

test.each([
  ["a payload that is a bomb", { awslogs: { data: gzipSync(Buffer.alloc(17 * 1024 * 1024)).toString("base64") } }, /cannot be unpacked/],
  ["a payload that is not gzip", { awslogs: { data: "AAAA" } }, /cannot be unpacked/],
  ["a message that is not JSON", { Message: "{" }, /is not JSON/],
  ["a value of more than a million entries", { requestPayload: Array(1_000_002).fill({}) }, /more than 1000000 members and entries/],
  ["too many layers", JSON.parse(`${'{"requestPayload":'.repeat(40)}{}${"}".repeat(40)}`), /more than 32 layers/],
])("%s is a problem", async (_name, value, words) => {
  expect((await read(json(value))).found).toEqual([{ label: "F", problem: expect.stringMatching(words) }]);
});

test("files of other kinds are recognised by their content when they have another name", async () => {
  const kinds = new Map<string, number>();
  for (const content of Object.values(bucketFiles())) {
    const { found, skipped } = await read(content.length > 0 ? content : "[]", "renamed.gz");
    for (const [kind, number] of skipped.notATrail) kinds.set(kind, (kinds.get(kind) ?? 0) + number);
    expect(found.filter((item) => "problem" in item)).toEqual([]);
  }
  expect(Object.fromEntries(kinds)).toEqual({ "CloudTrail-Digest": 2, "CloudTrail-Insight": 1, Config: 2, GuardDuty: 1 });
});
