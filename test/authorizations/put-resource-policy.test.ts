import { CreateNamespaceCommand, CreateSnapshotCommand, PutResourcePolicyCommand } from "@aws-sdk/client-redshift-serverless";
import { describe, expect, test } from "vitest";
import { readRecord } from "#cloudtrail/record.ts";
import { serverlessClient } from "../emulator/clients.ts";
import { caseOf, entriesOf, sceneWith } from "../support/authorizations.ts";

import { cutEventOf, eventOf, withDetail } from "../support/events.ts";
import { always } from "../support/faults.ts";
import { grantTo, id } from "../support/grants.ts";
import { policyOf, startScene } from "../support/scene.ts";

const entry = caseOf("PutResourcePolicy");
const grant = grantTo({ kind: "account", owner: id("999988887777") }, entry);
const resourceArn = "arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot/payroll";
const policyFor = (...AWS: readonly string[]) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "redshift-serverless:RestoreFromSnapshot" }] });
const eventWith = (requestParameters: object, responseElements: unknown = null) => eventOf(grant, { requestParameters, responseElements });

describe("PutResourcePolicy", () => {
  test("every principal of the policy is judged, and only foreign ones are reported", async () => {
    const policy = await policyOf({ mode: "enforce", permit: [{ name: "own", owners: ["self", "111122223333"] }] });
    await using scene = await startScene({ policy });

    const { outcomes } = await scene.invoke(eventWith({ resourceArn, policy: policyFor("111122223333", "999988887777", "123456789012") }));

    expect(outcomes.map(({ result, grant: { source } }) => [result, Object(source).owner])).toEqual([
      ["permitted", "111122223333"],
      ["reported", "999988887777"],
      ["permitted", "123456789012"],
    ]);
    expect(scene.requests()).toEqual([]);
  });

  test("everyone is never permitted, not even by a statement for `self` on every resource", async () => {
    const policy = await policyOf({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] });
    await using scene = await startScene({ policy });

    const { outcomes } = await scene.invoke(eventWith({ resourceArn, policy: policyFor("*") }));

    expect(outcomes).toMatchObject([{ result: "reported", decision: { reason: "everyone is let in (every AWS account)" } }]);
    expect(outcomes[0]).not.toHaveProperty("permitWith");
  });

  test("a policy that allows nobody has no outcome and no error", async () => {
    await using scene = await startScene();
    const denial = JSON.stringify({ Statement: { Effect: "Deny", Principal: "*", Action: "*" } });
    expect(await scene.invoke(eventWith({ resourceArn, policy: denial }))).toEqual({ outcomes: [], results: [] });
  });

  test.each([
    ["without a policy", { resourceArn }],
    ["with a policy that is no JSON", { resourceArn, policy: "{" }],
    ["with two policies", { resourceArn, policy: policyFor("111122223333"), Policy: policyFor("111122223333") }],
    ["with an unknown parameter beside a permitted policy", { resourceArn, policy: policyFor("111122223333"), other: true }],
    ["that names the resource only in its response", { policy: policyFor("111122223333") }],
    ["with a policy that is an object", { resourceArn, policy: {} }],
    ["with the resource in the response only", {}],
  ])("a record %s has the resource's policy listed and judged", async (_, requestParameters) => {
    const permit = [{ name: "partner", owners: ["111122223333"] }];
    await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
    await serverlessClient(scene.emulator).send(new PutResourcePolicyCommand({ resourceArn, policy: policyFor("999988887777") }));
    scene.requests();

    const { outcomes, error } = await scene.invoke(eventWith(requestParameters, { resourcePolicy: { resourceArn } }));

    expect(outcomes.filter(({ result }) => result === "reported")).toMatchObject([{ grant: { source: { owner: "999988887777" } } }]);
    expect(error).toBeUndefined();
    expect(scene.requests().map(({ action }) => action)).toEqual(["GetResourcePolicy"]);
  });

  test("a listed policy that is no JSON fails the event, with its text as printable text", async () => {
    await using scene = await sceneWith(entry, grant);
    const broken = JSON.stringify({ resourcePolicy: { resourceArn, policy: "no JSON\u202e" } });
    scene.emulator.fail({ times: always, answer: "rewritten", rewrite: () => broken });

    const { results, error } = await scene.invoke(cutEventOf(grant));

    expect(results).toEqual([]);
    expect(error?.message).toContain('cannot be read and were not judged: "no JSON\\u{202e}"');
  });

  test("a record whose request is cut off has the claims of its response", () => {
    const event = eventWith({ resourceArn, omitted: true }, { resourcePolicy: { resourceArn, policy: policyFor("999988887777") } });
    expect(entry.event.claims(readRecord(event))).toEqual([{ kind: "granted", grant }]);
  });

  test.each([
    "arn:aws:redshift:eu-west-1:123456789012:snapshot/payroll",
    "arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot:payroll",
    "arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot/a/b",
    "arn:aws:redshift-serverless:eu-west-1:1234:snapshot/payroll",
    "snapshot/payroll",
  ])("a resource that cannot be read fails the event: %s", async (arn) => {
    await using scene = await startScene();
    const { error } = await scene.invoke(eventWith({ resourceArn: arn, policy: policyFor("999988887777") }));
    expect(error?.message).toContain("names no resource that can be read");
    expect(scene.requests()).toEqual([]);
  });

  test("the place is the ARN's, whatever the record's Region is", async () => {
    await using scene = await sceneWith(entry, grant);
    const { outcomes } = await scene.invoke(withDetail(cutEventOf(grant), { awsRegion: "us-east-1" }));
    expect(outcomes).toMatchObject([{ grant: { place: { region: "eu-west-1" } } }]);
    expect(scene.requests()).toMatchObject([{ region: "eu-west-1" }]);
  });
});

describe("the list of a place", () => {
  test("has who can restore to a namespace and to a cluster once, and shows accounts that cannot be read", async () => {
    await using scene = await startScene();
    const client = serverlessClient(scene.emulator);
    await client.send(new CreateNamespaceCommand({ namespaceName: "reports" }));
    const { snapshot } = await client.send(new CreateSnapshotCommand({ namespaceName: "reports", snapshotName: "before" }));
    const name = `snapshot/${snapshot?.snapshotArn?.split("/")[1]}`;
    const accounts = {
      accountsWithRestoreAccess: ["999988887777", "x"],
      accountsWithProvisionedRestoreAccess: ["999988887777", "888877776666"],
    };
    const rewrite = (response: string) => {
      const { snapshots } = JSON.parse(response);
      const theirs = { ...snapshots[0], snapshotArn: resourceArn.replace("123456789012", "210987654321"), ...accounts };
      return JSON.stringify({ snapshots: [{ ...snapshots[0], ...accounts }, theirs] });
    };
    scene.emulator.fail({ action: "ListSnapshots", answer: "rewritten", rewrite });

    const entries = await entriesOf(scene.aws, entry, {});

    expect(entries).toHaveLength(3);
    expect(entries).toEqual(expect.arrayContaining([`${name} 999988887777`, `${name} 888877776666`, expect.stringContaining('"x"')]));
  });
});
