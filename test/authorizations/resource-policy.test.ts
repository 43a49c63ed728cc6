import { describe, expect, test } from "vitest";
import { entriesOf } from "#authorizations/resource-policy.ts";

const resource = "snapshot/1";
const allow = (Principal: unknown, more: object = {}) => ({ Effect: "Allow", Principal, Action: "redshift-serverless:*", ...more });
const policy = (...Statement: readonly unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const owners = (text: unknown) => entriesOf(text, resource).map((entry) => ("source" in entry ? Object(entry.source).owner : "unreadable"));

describe("the principals of a resource policy", () => {
  test.each<[string, unknown, readonly string[]]>([
    ["an account id", { AWS: "999988887777" }, ["999988887777"]],
    ["a list", { AWS: ["999988887777", "arn:aws:iam::888877776666:root"] }, ["999988887777", "888877776666"]],
    ["a role", { AWS: "arn:aws:iam::999988887777:role/path/restore" }, ["999988887777"]],
    ["a user of another partition", { AWS: "arn:aws-cn:iam::999988887777:user/bob" }, ["999988887777"]],
    ["a session", { AWS: "arn:aws:sts::999988887777:assumed-role/restore/bob" }, ["999988887777"]],
    ["everyone", "*", ["*"]],
    ["everyone under AWS", { AWS: ["999988887777", "*"] }, ["999988887777", "*"]],
    ["a key in another case", { aws: "999988887777" }, ["999988887777"]],
  ])("%s is read as accounts", (_, principal, expected) => {
    expect(owners(policy(allow(principal)))).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ["a service", { Service: "redshift.amazonaws.com" }],
    ["an account beside a service", { AWS: "999988887777", Service: "redshift.amazonaws.com" }],
    ["an identity provider", { Federated: "cognito-identity.amazonaws.com" }],
    ["a deleted role, which IAM shows by its unique id", { AWS: "AROAEXAMPLEID0000000A" }],
    ["a pattern", { AWS: "arn:aws:iam::*:root" }],
    ["an account id with hyphens, which IAM does not accept", { AWS: "9999-8888-7777" }],
    ["a number", { AWS: 999988887777 }],
    ["an object", { AWS: { id: "999988887777" } }],
    ["a text", "999988887777"],
    ["nothing", undefined],
    ["an empty list", { AWS: [] }],
  ])("%s cannot be read, and is not ignored", (_, principal) => {
    expect(owners(policy(allow(principal)))).toEqual(["unreadable"]);
  });

  test("each statement is read by itself, and one that cannot be read hides no other", () => {
    const statements = [allow({ AWS: "999988887777" }), allow({ Service: "x" }), allow({ AWS: ["888877776666", "x"] })];
    expect(owners(policy(...statements))).toEqual(["999988887777", "unreadable", "888877776666", "unreadable"]);
  });

  test("the actions of zero-ETL integrations let nobody in, unless the statement has another action too", () => {
    const [authorizes, creates] = ["redshift:AuthorizeInboundIntegration", "Redshift:createInboundIntegration"];
    const other = "redshift-serverless:RestoreFromSnapshot";
    expect(owners(policy(allow({ Service: "redshift.amazonaws.com" }, { Action: authorizes })))).toEqual([]);
    expect(owners(policy(allow({ AWS: "999988887777" }, { Action: [authorizes, creates] })))).toEqual([]);
    for (const Action of [[creates, other], `${creates}*`, "redshift:*", [], undefined, [[creates]], 7])
      expect(owners(policy(allow({ AWS: "999988887777" }, { Action })))).toEqual(["999988887777"]);
    expect(owners(policy(allow({ AWS: "999988887777" }, { Action: creates, NotAction: other })))).toEqual(["999988887777"]);
    expect(owners(policy(allow({ AWS: "999988887777" }, { Action: creates, Other: 1 })))).toEqual(["unreadable"]);
  });

  test("a policy as AWS returns it, with the resource in its one statement, is read", () => {
    const Statement = allow(
      { AWS: "arn:aws:iam::999988887777:root" },
      { Resource: "arn:aws:redshift-serverless:eu-west-1:123456789012:*" },
    );
    expect(owners(JSON.stringify({ Version: "2012-10-17", Id: "x", Statement }))).toEqual(["999988887777"]);
  });

  test("a denial lets nobody in, and every allowance counts, whatever its action and condition", () => {
    const narrow = { NotAction: "redshift-serverless:ListSnapshots", Condition: { Bool: { "aws:SecureTransport": "true" } } };
    expect(owners(policy({ Effect: "Deny", NotPrincipal: { AWS: "111122223333" }, Action: "*" }))).toEqual([]);
    expect(owners(policy(allow({ AWS: "999988887777" }, narrow)))).toEqual(["999988887777"]);
  });

  test.each([
    [{ NotPrincipal: { AWS: "111122223333" }, Principal: undefined }],
    [{ NotPrincipal: { AWS: "111122223333" } }],
    [{ Effect: "allow" }],
    [{ effect: "Deny" }],
    [{ Effect: undefined }],
    [{ Grant: "*" }],
  ])("a statement with %j cannot be read", (more) => {
    expect(owners(policy(allow({ AWS: "999988887777" }, more)))).toEqual(["unreadable"]);
  });
});

describe("a text that is no policy", () => {
  test.each<[unknown]>([
    [undefined],
    [7],
    [""],
    ["not JSON"],
    ["null"],
    ['"text"'],
    ["[]"],
    ["{}"],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    [JSON.stringify({ Statement: [], Other: 1 })],
    [policy(null)],
    [policy("text")],
  ])("is one unreadable entry with printable text: %.40j", (text) => {
    const [entry, ...others] = entriesOf(text, resource);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ resource, unreadable: expect.stringMatching(/^[^\p{Cc}]{1,300}$/u) });
  });

  test("includes a text with two equal keys, of which a parser drops one", () => {
    const text = '{"Statement":{"Effect":"Allow","Principal":"*","Principal":{"AWS":"111122223333"}}}';
    expect(owners(text)).toEqual(["unreadable"]);
    expect(owners(text.replace('"Principal":"*",', '"Sid":"a:\\"b\\\\",'))).toEqual(["111122223333"]);
  });

  test("shows control characters as escapes", () => {
    expect(entriesOf("\u001b[31m\u202e", resource)).toEqual([{ resource, unreadable: expect.not.stringContaining("\u202e") }]);
  });
});
