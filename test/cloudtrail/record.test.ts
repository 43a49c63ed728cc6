import { describe, expect, test } from "vitest";
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
  test("reads what the pipeline uses and leaves the request and the answer unchanged", () => {
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

  test("a bare record, inherited members and a list are refused", () => {
    for (const none of [event.detail, Object.create(event), [event]]) expect(() => readRecord(none)).toThrow("Not a CloudTrail record");
  });

  test("missing facts about the caller are unknown, and long ones are cut", () => {
    const { event: summary } = read({ eventID: 7, sourceIPAddress: null, userAgent: "x".repeat(5_000), userIdentity: "root" });
    expect(summary).toMatchObject({ id: "unknown", sourceIp: "unknown", actor: "unknown" });
    expect(summary.userAgent).toHaveLength(512 + "… (5000 characters)".length);
  });

  test("an error shows the refused value, printable and cut", () => {
    expect(() => read({ awsRegion: "\u202e" })).toThrow('awsRegion is "\\u{202e}"');
    expect(() => read({ recipientAccountId: "1".repeat(100_000) })).toThrow(/^.{1,300}$/);
  });
});
