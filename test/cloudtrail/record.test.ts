import { describe, expect, test } from "vitest";
import { nameOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import { readRecord } from "#cloudtrail/record.ts";
import { cases, grantsOf } from "../support/authorizations.ts";
import { eventOf } from "../support/events.ts";
import { home } from "../support/grants.ts";

const [entry] = cases;
const [grant] = entry ? grantsOf(entry) : [];
if (!entry || !grant) throw new Error("The registry is empty");
const event = eventOf(grant);
const read = (detail: Record<string, unknown>, envelope: Record<string, unknown> = {}) =>
  readRecord({ ...event, ...envelope, detail: { ...event.detail, ...detail } });

describe("readRecord", () => {
  test("takes what the pipeline uses and leaves the two bodies as they came", () => {
    const bodies = { requestParameters: { "\u202e": "\u202e" }, responseElements: ["\u0000"] };
    expect(read(bodies)).toEqual({
      eventSource: entry.eventSource,
      eventName: entry.eventName,
      place: home,
      failed: false,
      ...bodies,
      event: {
        id: event.detail["eventID"],
        time: "2026-11-20T10:00:00Z",
        name: entry.eventName,
        actor: "arn:aws:iam::123456789012:user/bob",
        sourceIp: "198.51.100.7",
        userAgent: "aws-cli/2",
        requestId: event.detail["requestID"],
      },
    });
  });

  test.each([
    ["eu-west-1", "aws"],
    ["ap-southeast-7", "aws"],
    ["il-central-1", "aws"],
    ["mx-central-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["cn-northwest-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["us-isof-south-1", "aws-iso-f"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["eusc-de-east-1", "aws-eusc"],
  ])("%s belongs to the partition %s", (awsRegion, partition) => {
    expect(read({ awsRegion }).place).toEqual({ partition, account: "123456789012", region: awsRegion });
  });

  test("the account is the recipient's, or the envelope's, and never the caller's", () => {
    const userIdentity = { accountId: "999988887777" };
    expect(read({ userIdentity }).place.account).toBe("123456789012");
    expect(read({ userIdentity, recipientAccountId: undefined }).place.account).toBe("123456789012");
    expect(read({ userIdentity }, { account: undefined }).place.account).toBe("123456789012");
    expect(() => read({ userIdentity, recipientAccountId: undefined }, { account: undefined })).toThrow("are missing");
  });

  test("a bare record, an inherited one and a list are not read", () => {
    for (const none of [event.detail, Object.create(event), [event]]) expect(() => readRecord(none)).toThrow("Not a CloudTrail record");
  });

  test("what is missing about the caller is unknown, what is long is cut", () => {
    const { event: summary } = read({ eventID: 7, sourceIPAddress: null, userAgent: "x".repeat(5_000), userIdentity: "root" });
    expect(summary).toMatchObject({ id: "unknown", sourceIp: "unknown", actor: "unknown" });
    expect(summary.userAgent).toHaveLength(512 + "… (5000 characters)".length);
  });

  test("an error shows what it did not take, printable and cut", () => {
    expect(() => read({ awsRegion: "\u202e" })).toThrow('awsRegion is "\\u{202e}"');
    expect(() => read({ recipientAccountId: "1".repeat(100_000) })).toThrow(/^.{1,300}$/);
  });
});

describe("valuesOf", () => {
  test("finds a key in every case, and all of its values", () => {
    expect(valuesOf({ cIDRIP: "a", CidrIp: ["b"], CIDRIPS: "c" }, "CIDRIP")).toEqual(["a", ["b"]]);
  });

  test("null and the empty text are absent, other empty values are not", () => {
    expect(valuesOf({ a: null, A: "" }, "a")).toEqual([]);
    expect(valuesOf({ a: 0 }, "a")).toEqual([0]);
    expect(valuesOf({ a: false }, "a")).toEqual([false]);
  });

  test("what is inherited, or in no object, is not found", () => {
    for (const bag of [Object.create({ a: 1 }), null, undefined, "a", 7]) expect(valuesOf(bag, "a")).toEqual([]);
    expect(valuesOf({}, "__proto__")).toEqual([]);
    expect(valuesOf({}, "constructor")).toEqual([]);
  });
});

describe("nameOf", () => {
  test("gives the one text that a name can be", () => {
    expect(nameOf({ Name: "Web Tier" }, "name")).toBe("Web Tier");
    expect(nameOf({ name: "a", NAME: "a" }, "name")).toBe("a");
    expect(nameOf({ name: "x".repeat(255) }, "name")).toHaveLength(255);
  });

  test.each([7, ["a"], { a: 1 }, "x".repeat(256), "a\n", "\u202ea", "\ud800"])("gives none for %j, nor for two that differ", (name) => {
    expect(nameOf({ name }, "name")).toBeUndefined();
    expect(nameOf({ name: "a", NAME: name }, "name")).toBeUndefined();
    expect(nameOf({ name: "a", Name: "b" }, "name")).toBeUndefined();
  });

  test("stored names are in lower case, as far as ASCII goes", () => {
    expect(storedNameOf({ name: "Pay-ROLL" }, "name")).toBe("pay-roll");
    expect(storedNameOf({ name: "\u212aelvin\u0130" }, "name")).toBe("\u212aelvin\u0130");
  });
});

test("a list that was logged as an object is read all the same", () => {
  for (const { event, sources } of cases) {
    if (!sources.includes("securityGroup")) continue;
    const claims = (answer: object) => event.claims(read({ requestParameters: {}, responseElements: { ...names, ...answer } }));
    const names = { cacheSecurityGroupName: "a", clusterSecurityGroupName: "a" };
    const items = [{ status: "authorized", eC2SecurityGroupName: "b", eC2SecurityGroupOwnerId: "999988887777" }];

    expect(claims({ eC2SecurityGroups: {}, iPRanges: {} })).toEqual([]);
    expect(claims({ eC2SecurityGroups: { items } })).toHaveLength(1);
  }
});
