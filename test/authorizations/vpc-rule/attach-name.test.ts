import { describe, expect, test } from "vitest";
import { replicas } from "../../support/attach-calls.ts";
import { createCluster, ranges, startVpc } from "../../support/vpc.ts";
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
