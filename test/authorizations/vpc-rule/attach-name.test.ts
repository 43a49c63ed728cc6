import { describe, expect, test } from "vitest";
import { replicas } from "../../support/attach-calls.ts";
import { createCluster, ranges, startVpc, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const everyone = ["0.0.0.0/0"];

test("a member of a replication group has the group's name, from the request or from the response", async () => {
  const permit = [{ name: "orders", ranges: everyone, everyone: true, resources: ["orders"] }];
  await using vpc = await startVpc({ store: false, permit });
  await replicas.make(vpc, [vpc.web]);
  await vpc.open([ranges(everyone)]);
  const groups = { securityGroupIds: [vpc.web] };
  const added = vpcEvent(
    "CreateCacheCluster",
    { cacheClusterId: "orders-003", replicationGroupId: "Orders", ...groups },
    null,
    "elasticache",
  );
  const changed = vpcEvent(
    "ModifyCacheCluster",
    { cacheClusterId: "orders-001", ...groups },
    { replicationGroupId: "orders" },
    "elasticache",
  );
  expect((await vpc.invoke(added)).results).toEqual(["permitted"]);
  expect((await vpc.invoke(changed)).results).toEqual(["permitted"]);
});

describe("a cluster that is renamed", () => {
  const permit = [{ name: "office", ranges: ["203.0.113.0/24"], services: ["redshift"], resources: ["analytics"] }];
  const renamed = (more: object) =>
    vpcEvent("ModifyCluster", { clusterIdentifier: "old", newClusterIdentifier: "Analytics", ...more }, null, "redshift");

  test.each(["old", "analytics"])("is evaluated by its new name, even while it is listed as %s", async (listed) => {
    await using vpc = await startVpc({ store: false, permit });
    await createCluster(vpc, listed, { Port: 5439 });
    await vpc.open([ranges(["203.0.113.0/24", "0.0.0.0/0"], 5439)]);
    for (const more of [{ vpcSecurityGroupIds: [vpc.web] }, {}]) {
      const { results, outcomes } = await vpc.invoke(renamed(more));
      expect(results.toSorted()).toEqual("vpcSecurityGroupIds" in more ? ["permitted", "revoked"] : ["permitted"]);
      expect(outcomes[0]).toMatchObject({ grant: { stores: [{ service: "redshift", resource: "analytics" }] } });
    }
  });

  test("is evaluated by its listed name if the event arrives late", async () => {
    await using vpc = await startVpc({ store: false, permit });
    await createCluster(vpc, "analytics", { Port: 5439 });
    await vpc.open([ranges(["203.0.113.0/24", "0.0.0.0/0"], 5439)]);
    expect((await vpc.invoke(later(renamed({})))).results.toSorted()).toEqual(["permitted", "revoked"]);

    // It has been renamed again since.
    const { outcomes } = await vpc.invoke(later(renamed({ clusterIdentifier: "analytics", newClusterIdentifier: "old" })));
    expect(outcomes).toMatchObject([{ result: "permitted", grant: { stores: [{ resource: "analytics" }] } }]);
  });
});

describe("a cluster that was renamed so that a new one has its name", () => {
  const permit = [
    { name: "bi", ranges: ["203.0.113.0/24"], services: ["redshift"], resources: ["analytics"] },
    { name: "dba", ranges: ["198.51.100.0/24"], services: ["redshift"], resources: ["analytics-old"] },
  ];
  const renamed = vpcEvent("ModifyCluster", { clusterIdentifier: "analytics", newClusterIdentifier: "analytics-old" }, null, "redshift");
  const deliveries = [
    ["at once", renamed],
    ["late", later(renamed)],
  ] as const;
  const cases = deliveries.flatMap(([when, event]) => (["old", "new"] as const).map((first) => ({ when, event, first })));

  /** The renamed cluster has the group "web", and the new one a group of its own, which is returned. */
  async function replaced(vpc: Vpc, first: "old" | "new"): Promise<string> {
    const fresh = await vpc.group("fresh");
    const clusters = [
      ["analytics-old", vpc.web],
      ["analytics", fresh],
    ] as const;
    for (const [name, group] of first === "old" ? clusters : clusters.toReversed())
      await createCluster(vpc, name, { Port: 5439, VpcSecurityGroupIds: [group] });
    return fresh;
  }

  test.each(cases)(
    "has the event's rules, $when, with the $first one listed first; the new one keeps its own",
    async ({ event, first }) => {
      await using vpc = await startVpc({ store: false, permit });
      const fresh = await replaced(vpc, first);
      await vpc.open([ranges(["203.0.113.0/24"], 5439)], fresh);
      await vpc.open([ranges(["198.51.100.0/24", "203.0.113.0/24"], 5439)]);

      const { outcomes } = await vpc.invoke(event);

      expect(outcomes.map(({ result, grant: { stores } }) => ({ result, stores }))).toEqual(
        ["permitted", "revoked"].map((result) => ({ result, stores: [{ service: "redshift", resource: "analytics-old" }] })),
      );
      expect(await vpc.rules(fresh)).toEqual(["203.0.113.0/24 tcp 5439-5439"]);
      expect(await vpc.rules()).toEqual(["198.51.100.0/24 tcp 5439-5439"]);
    },
  );

  test("a rule of a group that both have is judged for each of them by its own name", async () => {
    await using vpc = await startVpc({ store: false, permit: [{ ...permit[0], resources: ["analytics*"] }] });
    for (const name of ["analytics-old", "analytics"]) await createCluster(vpc, name, { Port: 5439 });
    await vpc.open([ranges(["203.0.113.0/24"], 5439)]);
    const { outcomes } = await vpc.invoke(renamed);
    const names = outcomes.flatMap(({ grant: { stores = [] } }) => stores.map(({ resource }) => resource));
    expect(names.toSorted()).toEqual(["analytics", "analytics-old"]);
  });
});
