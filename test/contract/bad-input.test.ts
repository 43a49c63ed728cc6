import { describe, expect, test } from "vitest";
import { cases } from "../support/authorizations.ts";
import { otherThan } from "../support/events.ts";
import { badInput, control, huge, invalid } from "./bad-input.ts";

describe.each(cases)("$eventName", (entry) => {
  const { good, withDetail, deliver, expectRevoked, expectRefused } = badInput(entry);

  test("the grant of the event that the other tests change is revoked", async () => {
    await expectRevoked(good);
  });

  test.each([
    ...[undefined, null, "text", 7, [], {}, { detail: null }, { detail: "text" }, { detail: {} }],
    ...[[good], { Records: [good.detail] }, good.detail],
  ])("an event without a CloudTrail record is an error: %j", async (event) => {
    await expectRefused(event, /^Not a CloudTrail record/);
  });

  test.each([...invalid, undefined])("a record whose eventName or eventSource is %j is an error", async (value) => {
    for (const field of ["eventName", "eventSource"]) await expectRefused(withDetail({ [field]: value }), /^Not a /);
  });

  test("a call that is not watched, or whose name and source do not match, is an error that names it", async () => {
    const other = otherThan(entry);
    for (const detail of [
      { eventSource: "sqs.amazonaws.com", eventName: "AddPermission" },
      { eventSource: other.eventSource },
      { eventName: other.eventName },
      { eventName: "__proto__" },
      { eventName: entry.eventName.toLowerCase() },
      { eventName: `${entry.eventName}\u202e` },
    ])
      await expectRefused(withDetail(detail), /^Not a watched call: .+ of .+ Watched calls: /);
  });

  test.each([
    ...[...invalid, undefined, "EU-WEST-1", "eu-west-1\n", "eu-west-1 ", "eu-west-1.evil.example", "eu-west-1/..", "x@evil", "localhost"],
  ])("an invalid Region is an error: %j", async (awsRegion) => {
    await expectRefused(withDetail({ awsRegion }), /names no Region/);
  });

  test.each([
    ...invalid.slice(1),
    ...["-".repeat(12), "12345678901", "1234567890123", "123456789012 ", "１２３４５６７８９０１２", 123456789012, "210987654321"],
  ])("an account that is invalid, or differs from the envelope's, is an error: %j", async (account) => {
    await expectRefused(withDetail({ recipientAccountId: account }), /names no account, or two/);
    await expectRefused({ ...good, account }, /names no account, or two/);
  });

  test("an event without an account is an error; an account in the envelope alone, or with hyphens, is not", async () => {
    await expectRefused({ ...withDetail({ recipientAccountId: null }), account: undefined }, /names no account/);
    await expectRevoked(withDetail({ recipientAccountId: null }));
    await expectRevoked({ ...good, account: "1234-5678-9012" });
  });

  test.each(["AccessDenied", control, huge, " "])("a call that failed with %j has no outcome", async (text) => {
    for (const field of ["errorCode", "errorMessage"]) {
      const { outcomes, calls, error, entries } = await deliver(withDetail({ [field]: text }));
      expect({ outcomes, calls, error, listed: entries.length }).toEqual({ outcomes: [], calls: 0, error: undefined, listed: 2 });
    }
  });

  test.each([null, "", 0, false, 404, [], {}])("an errorCode of %j does not hide a grant", async (errorCode) => {
    await expectRevoked(withDetail({ errorCode, errorMessage: errorCode }));
  });

  test.each([control, huge, 7, null, {}, ["x"], undefined])("the details of the caller do not affect the result: %j", async (value) => {
    const fields = [
      "eventID",
      "eventTime",
      "sourceIPAddress",
      "userAgent",
      "requestID",
      "userIdentity",
      "eventVersion",
      "responseElements",
    ];
    await expectRevoked(withDetail(Object.fromEntries(fields.map((field) => [field, value]))));
    await expectRevoked(withDetail({ userIdentity: { arn: value, invokedBy: value, principalId: value } }));
  });
});
