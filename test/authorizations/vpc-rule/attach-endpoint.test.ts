import { CreateEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { clusterEndpoint, workgroupEndpoint } from "../../support/attach-calls.ts";
import { always } from "../../support/faults.ts";
import { createCluster, ranges, startVpc, stranger, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];
const kinds = [
  { eventName: "ModifyEndpointAccess", store: "cluster", ...clusterEndpoint },
  { eventName: "UpdateEndpointAccess", store: "workgroup", ...workgroupEndpoint },
];

/** The list shows no endpoint, as for a moment after its call. */
function unlisted({ emulator }: Vpc, action: string): void {
  const rewrite = (response: string) =>
    response
      .replace(/<EndpointAccessList>.*<\/EndpointAccessList>/s, "<EndpointAccessList/>")
      .replace(/"endpoints":\[.*\]/s, '"endpoints":[]');
  emulator.fail({ action, times: always, answer: "rewritten", rewrite });
}

describe.each(kinds)("an endpoint that $eventName changes", ({ eventName, service, list, store, request, response, make }) => {
  const changed = ({ web }: Vpc, answer: unknown = null) => vpcEvent(eventName, request([web]), answer, service);

  test(`is judged as its ${store}, by the name in the list if the event does not show it`, async () => {
    const permit = [{ name: "office", ranges: everyone, everyone: true, services: [service], resources: ["orders"] }];
    await using vpc = await startVpc({ store: false, permit });
    await make(vpc, [vpc.web]);
    await vpc.open([ranges(["0.0.0.0/0"], 5439)]);
    const { outcomes } = await vpc.invoke(changed(vpc));
    expect(outcomes).toMatchObject([{ result: "permitted", grant: { stores: [{ service, resource: "orders" }] } }]);
  });

  test("is not judged while neither the event nor the list shows its store: the event fails, and the next try judges it", async () => {
    await using vpc = await startVpc({ store: false });
    await make(vpc, [vpc.web]);
    await vpc.open([ranges(everyone, 5439)]);
    unlisted(vpc, list);

    const { results, error } = await vpc.invoke(changed(vpc));

    expect(results).toEqual([]);
    expect(error?.message).toContain(`AWS does not list the endpoint reports yet, and the event does not name its ${store}`);
    expect(await vpc.rules()).toHaveLength(1);
    vpc.emulator.heal();
    expect((await vpc.invoke(changed(vpc))).results).toEqual(["revoked"]);
  });

  test("has the port of its store: another port is out of scope, and an unknown port fails the event", async () => {
    await using vpc = await startVpc({ store: false });
    await make(vpc, [vpc.web]);
    await vpc.open([ranges(everyone, 5440)]);
    expect((await vpc.invoke(changed(vpc))).results).toEqual(["outOfScope"]);
    unlisted(vpc, list);
    expect((await vpc.invoke(changed(vpc, response))).results).toEqual(["outOfScope"]);
    const withoutPort = JSON.parse(JSON.stringify(response, (key, value) => (key === "port" ? undefined : value)));
    expect(await vpc.invoke(changed(vpc, withoutPort))).toMatchObject({
      results: ["failed"],
      error: { message: expect.stringContaining("PortUnknown") },
    });
  });

  test("that was deleted since has no outcome", async () => {
    await using vpc = await startVpc({ store: false });
    await vpc.open([ranges(everyone, 5439)]);
    expect(await vpc.invoke(later(changed(vpc, response)))).toEqual({ outcomes: [], results: [] });
  });

  test("counts when its group is opened", async () => {
    await using vpc = await startVpc({ store: false, emulator: { pageSize: 20 } });
    await make(vpc, [vpc.web]);
    const { outcomes } = await vpc.invoke(await vpc.open([ranges(everyone, 5439), ranges(everyone, 5440)]));
    expect(outcomes).toMatchObject([{ result: "revoked", grant: { stores: [{ service, resource: "orders" }] } }, { result: "outOfScope" }]);
  });

  test("is found although another list fails, and its own failing list hides no other store", async () => {
    await using vpc = await startVpc();
    const own = await vpc.group("own");
    await make(vpc, [own]);
    const opened = await vpc.open([ranges(everyone, 5439)], own);
    vpc.emulator.fail({ action: "DescribeServerlessCaches", times: always, answer: "error", code: "AccessDenied", status: 403 });
    expect((await vpc.invoke(opened)).results).toEqual(["revoked"]);
    const again = await vpc.open([ranges(everyone, 6379)]);
    vpc.emulator.fail({ action: list, times: always, answer: "error", code: "AccessDenied", status: 403 });
    const { results, error } = await vpc.invoke(again);
    expect(results).toEqual(["revoked"]);
    expect(error?.message).toContain(`${store} endpoints (AccessDenied`);
  });
});

test("the account of an endpoint judges its groups, although its cluster belongs to another account", async () => {
  const permit = [{ name: "partner", ranges: ["203.0.113.0/24"], services: ["redshift"], resources: ["theirs"] }];
  await using vpc = await startVpc({ store: false, permit });
  const request = { endpointName: "reports", clusterIdentifier: "theirs", resourceOwner: stranger, vpcSecurityGroupIds: [vpc.web] };
  await vpc.open([ranges(["0.0.0.0/0", "203.0.113.0/24"], 5439)]);
  const { outcomes } = await vpc.invoke(vpcEvent("CreateEndpointAccess", request, { port: 5439 }, "redshift"));
  expect(outcomes.map(({ result }) => result).toSorted()).toEqual(["permitted", "revoked"]);
  expect(outcomes[0]?.grant.stores).toEqual([{ service: "redshift", resource: "theirs", account: stranger }]);
});

test("an endpoint that is created has no default port: while neither the response nor the list shows it, the event fails", async () => {
  await using vpc = await startVpc({ store: false });
  const request = { endpointName: "reports", clusterIdentifier: "orders", vpcSecurityGroupIds: [vpc.web] };
  await vpc.open([ranges(everyone, 5439), ranges(everyone, 6379)]);
  const { results, error } = await vpc.invoke(vpcEvent("CreateEndpointAccess", request, null, "redshift"));
  expect(results).toEqual(["failed", "failed"]);
  expect(error?.message).toContain("PortUnknown");
});

test("an endpoint that is created again leads to the new cluster, while the list still shows the old one", async () => {
  const permit = [{ name: "office", ranges: everyone, everyone: true, services: ["redshift"], resources: ["orders"] }];
  await using vpc = await startVpc({ store: false, permit });
  await clusterEndpoint.make(vpc, [vpc.web]);
  await vpc.open([ranges(["0.0.0.0/0"], 5439)]);
  const request = { endpointName: "reports", clusterIdentifier: "sales", vpcSecurityGroupIds: [vpc.web] };
  const { outcomes } = await vpc.invoke(vpcEvent("CreateEndpointAccess", request, null, "redshift"));
  expect(outcomes).toMatchObject([{ result: "revoked", grant: { stores: [{ resource: "sales" }] } }]);
});

test("an endpoint that has the name of a cluster is not that cluster, nor one that leads to it", async () => {
  await using vpc = await startVpc({ store: false });
  const theirs = await vpc.group("theirs");
  await createCluster(vpc, "orders", { Port: 5450, VpcSecurityGroupIds: [theirs] });
  await createCluster(vpc, "sales", { Port: 5440, VpcSecurityGroupIds: [theirs] });
  const form = { SubnetGroupName: "own", VpcSecurityGroupIds: [vpc.web] };
  await vpc.redshift.send(new CreateEndpointAccessCommand({ ...form, EndpointName: "a", ClusterIdentifier: "orders" }));
  await vpc.redshift.send(new CreateEndpointAccessCommand({ ...form, EndpointName: "orders", ClusterIdentifier: "sales" }));
  await vpc.open([ranges(everyone, 5440), ranges(everyone, 5450)]);
  const request = { endpointName: "orders", vpcSecurityGroupIds: [vpc.web] };
  const { outcomes } = await vpc.invoke(vpcEvent("ModifyEndpointAccess", request, null, "redshift"));
  expect(outcomes.map(({ grant }) => grant.stores)).toEqual([
    [{ service: "redshift", resource: "sales" }],
    [{ service: "redshift", resource: "orders" }],
  ]);
});

test("an endpoint of Redshift and one of Redshift Serverless have the same event name, and each is judged by its own service", async () => {
  await using vpc = await startVpc({ store: false });
  await vpc.open([ranges(everyone, 0, 65_535)]);
  const request = { endpointName: "reports", clusterIdentifier: "orders", workgroupName: "reports", vpcSecurityGroupIds: [vpc.web] };
  const first = await vpc.invoke(vpcEvent("CreateEndpointAccess", request, null, "redshift"));
  expect(first.outcomes).toMatchObject([{ grant: { stores: [{ service: "redshift", resource: "orders" }] } }]);
  await vpc.open([ranges(everyone, 0, 65_535)]);
  const second = await vpc.invoke(vpcEvent("CreateEndpointAccess", request, null, "redshift-serverless"));
  expect(second.outcomes).toMatchObject([{ grant: { stores: [{ service: "redshift-serverless", resource: "reports" }] } }]);
});
