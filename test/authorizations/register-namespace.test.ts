import { describe, expect, test } from "vitest";
import { caseOf } from "../support/authorizations.ts";
import { eventOf } from "../support/events.ts";
import { grantTo, id } from "../support/grants.ts";
import { policyOf, startScene } from "../support/scene.ts";

const entry = caseOf("RegisterNamespace");
const grant = grantTo({ kind: "account", owner: id("999988887777") }, entry);
const cluster = { provisionedIdentifier: { clusterIdentifier: "Analytics" } };
const serverless = { serverlessIdentifier: { namespaceIdentifier: "reports", workgroupIdentifier: "nightly" } };
const eventWith = (namespaceIdentifier: unknown, consumerIdentifiers: unknown) =>
  eventOf(grant, { requestParameters: { namespaceIdentifier, consumerIdentifiers }, responseElements: { status: "Registering" } });

describe("RegisterNamespace", () => {
  test.each([
    ["a cluster, in lower case", cluster, "analytics", `'{"ProvisionedIdentifier":{"ClusterIdentifier":"analytics"}}'`],
    [
      "a serverless namespace with its workgroup",
      serverless,
      "reports/nightly",
      `'{"ServerlessIdentifier":{"NamespaceIdentifier":"reports","WorkgroupIdentifier":"nightly"}}'`,
    ],
  ])("the resource is %s, and each consumer is one grant", async (_, identifier, resource, json) => {
    const policy = await policyOf({ mode: "enforce", permit: [{ name: "own", owners: ["self"], resources: [resource] }] });
    await using scene = await startScene({ policy });

    const { outcomes } = await scene.invoke(
      eventWith(identifier, ["DataCatalog/123456789012", "DataCatalog/999988887777", "888877776666"]),
    );

    expect(outcomes).toMatchObject([
      { result: "permitted", grant: { resource, source: { owner: "123456789012", consumerIdentifier: "DataCatalog/123456789012" } } },
      { result: "reported", grant: { resource, source: { owner: "999988887777", consumerIdentifier: "DataCatalog/999988887777" } } },
      { result: "reported", grant: { resource, source: { owner: "888877776666" } } },
    ]);
    expect(outcomes[1]?.note).toContain(`aws redshift deregister-namespace --namespace-identifier ${json} `);
    expect(outcomes[1]?.note).toContain(" --consumer-identifiers DataCatalog/999988887777 ");
    expect(scene.requests()).toEqual([]);
  });

  test("a list that CloudTrail wraps in an object is read too", async () => {
    await using scene = await startScene();
    expect((await scene.invoke(eventWith(cluster, { items: ["999988887777"] }))).results).toEqual(["reported"]);
  });

  test.each([[[]], [null], [{}], [["999988887777", "everyone"]], [["DataCatalog/9999-8888-7777"]], [[7]], [[["999988887777"]]]])(
    "consumers that cannot be read fail the event after the others are reported: %j",
    async (consumers) => {
      await using scene = await startScene();
      const { results, error } = await scene.invoke(eventWith(cluster, consumers));
      expect(results).toEqual(JSON.stringify(consumers).includes('["999988887777","') ? ["reported"] : []);
      expect(error?.message).toContain("AWS has no list of them");
    },
  );

  test.each([
    [null],
    [{}],
    ["analytics"],
    [{ ...cluster, ...serverless }],
    [{ serverlessIdentifier: { namespaceIdentifier: "reports" } }],
    [{ provisionedIdentifier: { clusterIdentifier: "reports/nightly" } }],
    [{ provisionedIdentifier: { clusterIdentifier: "analytics\u202e" } }],
    [{ provisionedIdentifier: [cluster.provisionedIdentifier] }],
  ])("a namespace that cannot be read fails the event: %j", async (identifier) => {
    await using scene = await startScene();
    const { results, error } = await scene.invoke(eventWith(identifier, ["999988887777"]));
    expect(results).toEqual([]);
    expect(error?.message).toContain("names no resource that can be read");
  });
});
