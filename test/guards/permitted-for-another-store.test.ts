import { CreateCacheClusterCommand, CreateReplicationGroupCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { AuthorizeEndpointAccessCommand, CreateClusterCommand, CreateEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { CreateNamespaceCommand, CreateWorkgroupCommand } from "@aws-sdk/client-redshift-serverless";
import { describe, expect, test } from "vitest";
import { redshiftClient } from "../emulator/clients.ts";
import { clusterEndpoint, workgroupEndpoint } from "../support/attach-calls.ts";
import { contextOf } from "../support/context.ts";
import { withDetail } from "../support/events.ts";
import { always, error } from "../support/faults.ts";
import { home } from "../support/grants.ts";
import { writes } from "../support/scene.ts";
import { createCluster, ranges, sessions, startVpc, stranger, type Vpc } from "../support/vpc.ts";
import { later, vpcEvent, withoutRules } from "../support/vpc-events.ts";

const app = "10.1.0.0/16";
const permit = [{ name: "app-to-orders", ranges: [app], services: ["elasticache"], resources: ["orders"] }];
const cache = (CacheClusterId: string, SecurityGroupIds: string[]) =>
  new CreateCacheClusterCommand({ ...sessions, CacheClusterId, SecurityGroupIds });

/** The cache "orders", which the app may reach, with the group "web". */
async function production(options: Parameters<typeof startVpc>[0] = {}): Promise<Vpc> {
  const vpc = await startVpc({ store: false, permit, ...options });
  await vpc.elasticache.send(cache("orders", [vpc.web]));
  return vpc;
}

/** Each kind of store that someone creates with the group "web" and others, the event of the call, and the command that detaches it. */
const attached: readonly (readonly [
  kind: string,
  attach: (vpc: Vpc, groups: string[]) => Promise<unknown>,
  command: (other: string) => string,
])[] = [
  [
    "cache",
    async (vpc, securityGroupIds) => {
      await vpc.elasticache.send(cache("x", securityGroupIds));
      return vpcEvent("CreateCacheCluster", { cacheClusterId: "x", securityGroupIds }, null, "elasticache");
    },
    (other) => `aws elasticache modify-cache-cluster --cache-cluster-id x --security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "replication group",
    async (vpc, securityGroupIds) => {
      const form = {
        ReplicationGroupId: "x",
        ReplicationGroupDescription: "-",
        CacheNodeType: sessions.CacheNodeType,
        NumCacheClusters: 2,
      };
      await vpc.elasticache.send(new CreateReplicationGroupCommand({ ...form, SecurityGroupIds: securityGroupIds }));
      return vpcEvent("CreateReplicationGroup", { replicationGroupId: "x", securityGroupIds }, null, "elasticache");
    },
    (other) => `aws elasticache modify-replication-group --replication-group-id x --security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "serverless cache",
    async (vpc, securityGroupIds) => {
      const form = { ServerlessCacheName: "x", Engine: "valkey", SecurityGroupIds: securityGroupIds };
      await vpc.elasticache.send(new CreateServerlessCacheCommand(form));
      return vpcEvent("CreateServerlessCache", { serverlessCacheName: "x", engine: "valkey", securityGroupIds }, null, "elasticache");
    },
    (other) => `aws elasticache modify-serverless-cache --serverless-cache-name x --security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "cluster",
    async (vpc, vpcSecurityGroupIds) => {
      await createCluster(vpc, "x", { Port: 5439, VpcSecurityGroupIds: vpcSecurityGroupIds });
      return vpcEvent("CreateCluster", { clusterIdentifier: "x", port: 5439, vpcSecurityGroupIds }, null, "redshift");
    },
    (other) => `aws redshift modify-cluster --cluster-identifier x --vpc-security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "workgroup",
    async ({ serverless }, securityGroupIds) => {
      await serverless.send(new CreateNamespaceCommand({ namespaceName: "xxx" }));
      await serverless.send(new CreateWorkgroupCommand({ workgroupName: "xxx", namespaceName: "xxx", securityGroupIds }));
      return vpcEvent("CreateWorkgroup", { workgroupName: "xxx", securityGroupIds }, null, "redshift-serverless");
    },
    (other) => `aws redshift-serverless update-workgroup --workgroup-name xxx --security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "cluster's endpoint",
    async (vpc, vpcSecurityGroupIds) => {
      await clusterEndpoint.make(vpc, vpcSecurityGroupIds);
      return vpcEvent("ModifyEndpointAccess", { endpointName: "reports", vpcSecurityGroupIds }, null, "redshift");
    },
    (other) => `aws redshift modify-endpoint-access --endpoint-name Reports --vpc-security-group-ids ${other} --region eu-west-1`,
  ],
  [
    "workgroup's endpoint",
    async (vpc, vpcSecurityGroupIds) => {
      await workgroupEndpoint.make(vpc, vpcSecurityGroupIds);
      return vpcEvent("UpdateEndpointAccess", { endpointName: "reports", vpcSecurityGroupIds }, null, "redshift-serverless");
    },
    (other) =>
      `aws redshift-serverless update-endpoint-access --endpoint-name reports --vpc-security-group-ids ${other} --region eu-west-1`,
  ],
];

describe.each(attached)("a %s that someone creates behind the group of another store", (_kind, attach, command) => {
  test("has the permitted rules of the other one reported, with the command that detaches the group", async () => {
    await using vpc = await production();
    const event = await vpc.open([ranges([app], 5439, 6379)]);
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    const other = await vpc.group("other");
    const attaching = await attach(vpc, [vpc.web, other]);
    vpc.requests();

    const { outcomes, error } = await vpc.invoke(attaching);

    expect(error).toBeUndefined();
    expect(outcomes).toMatchObject([{ result: "reported", detach: command(other) }]);
    expect(outcomes[0]?.note).toMatch(
      /^not revoked: the rule is permitted for elasticache orders, .*; detach the group from [a-z-]+ (x+|orders)$/,
    );
    expect(writes(vpc.requests())).toEqual([]);
    expect(await vpc.rules()).toHaveLength(1);
  });
});

describe("a rule that is permitted for one store and violates for another", () => {
  async function shared(options: Parameters<typeof startVpc>[0] = {}): Promise<Vpc> {
    const vpc = await production(options);
    await vpc.elasticache.send(cache("x", [vpc.web]));
    return vpc;
  }
  const attach = ({ web }: Vpc) => vpcEvent("ModifyCacheCluster", { cacheClusterId: "x", securityGroupIds: [web] }, null, "elasticache");

  test("is revoked when the event's own call added it", async () => {
    await using vpc = await shared();
    expect((await vpc.invoke(await vpc.open([ranges([app])]))).results).toEqual(["revoked"]);
    expect((await vpc.invoke(withoutRules(await vpc.open([ranges([app])])))).results).toEqual(["revoked"]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("is revoked when the event's own call changed it", async () => {
    await using vpc = await shared();
    await vpc.open([ranges(["192.0.2.0/24"], 22)]);
    const [id] = await vpc.ids();
    const event = await vpc.change([[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: app }]]);
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("is reported when the event's call added or changed another rule only", async () => {
    await using vpc = await shared();
    await vpc.open([ranges([app])]);
    const own = withoutRules(await vpc.open([ranges(["192.0.2.0/24"])]));

    const { outcomes } = await vpc.invoke(own);

    expect(outcomes.map(({ result, grant: { source } }) => [result, source])).toEqual([
      ["reported", { kind: "range", range: app }],
      ["revoked", { kind: "range", range: "192.0.2.0/24" }],
    ]);
    expect(await vpc.rules()).toEqual([`${app} tcp 6379-6379`]);
  });

  test("is reported when the event's call added it a day ago: it is delivered again, and the group has been shared since", async () => {
    await using vpc = await production();
    const event = await vpc.open([ranges([app])]);
    await vpc.elasticache.send(cache("x", [vpc.web]));
    expect((await vpc.invoke(later(event, 86_400_000))).results).toEqual(["reported"]);
  });

  test("is reported when the event's call changed only its description", async () => {
    await using vpc = await shared();
    await vpc.open([ranges([app])]);
    const [id] = await vpc.ids();
    const event = await vpc.change([[id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: app, Description: "app" }]]);
    const SecurityGroupRule = { SecurityGroupRuleId: id, tag: 1, SecurityGroupRule: { Description: "app" } };
    const requestParameters = { ModifySecurityGroupRulesRequest: { GroupId: vpc.web, SecurityGroupRule } };
    expect((await vpc.invoke(withDetail(event, { requestParameters }))).results).toEqual(["reported"]);
  });

  test.each(["AccessDenied", "Throttling"])("is kept when the list of the stores that it is permitted for fails with %s", async (code) => {
    await using vpc = await production();
    await vpc.open([ranges([app], 5439, 6379)]);
    await createCluster(vpc, "x", { Port: 5439 });
    vpc.emulator.fail({ action: "DescribeCacheClusters", times: always, ...error(code) });
    const event = vpcEvent("CreateCluster", { clusterIdentifier: "x", port: 5439, vpcSecurityGroupIds: [vpc.web] }, null, "redshift");

    const { outcomes } = await vpc.invoke(event, contextOf({ remaining: 6_000 }));

    expect(outcomes).toMatchObject([{ result: "failed", error: { name: "StoresUnlisted", retryable: true } }]);
    expect(await vpc.rules()).toHaveLength(1);
  });

  test("is revoked although a list fails, when the policy permits it for no store of that service", async () => {
    await using vpc = await production();
    await vpc.open([ranges([app])]);
    await vpc.open([ranges(["0.0.0.0/0"], 5439)]);
    await createCluster(vpc, "x", { Port: 5439 });
    vpc.emulator.fail({ action: "ListWorkgroups", times: always, ...error("AccessDeniedException", 403) });
    const event = vpcEvent("CreateCluster", { clusterIdentifier: "x", port: 5439, vpcSecurityGroupIds: [vpc.web] }, null, "redshift");
    expect((await vpc.invoke(event)).results.toSorted()).toEqual(["permitted", "revoked"]);
  });

  test('is revoked when the policy says "sharedGroups": "revoke"', async () => {
    await using vpc = await shared({ more: { sharedGroups: "revoke" } });
    await vpc.open([ranges([app])]);
    expect((await vpc.invoke(attach(vpc))).results).toEqual(["revoked"]);
  });

  test("has no command when the group is the only one of the store, because AWS requires one", async () => {
    await using vpc = await shared();
    await vpc.open([ranges([app])]);
    const { outcomes } = await vpc.invoke(attach(vpc));
    expect(outcomes).toMatchObject([{ result: "reported", note: expect.stringMatching(/; attach a separate group to elasticache x$/) }]);
    expect(outcomes[0]).not.toHaveProperty("detach");
  });

  test("is reported although AWS does not show the port of the store that it is permitted for", async () => {
    await using vpc = await shared();
    await vpc.open([ranges([app])]);
    const rewrite = (response: string) =>
      response.replace(/(<CacheClusterId>orders<\/CacheClusterId>.*?)<CacheNodes>.*?<\/CacheNodes>/s, "$1");
    vpc.emulator.fail({ action: "DescribeCacheClusters", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite });
    expect((await vpc.invoke(attach(vpc))).results).toEqual(["reported"]);
  });
});

test("a rule that violates for every store is revoked when a group is attached", async () => {
  await using vpc = await production();
  await vpc.open([ranges(["0.0.0.0/0"])]);
  await vpc.elasticache.send(cache("x", [vpc.web]));
  const event = vpcEvent("CreateCacheCluster", { cacheClusterId: "x", securityGroupIds: [vpc.web] }, null, "elasticache");
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});

test("a rule of a group that only the attached store has is revoked, whatever is permitted elsewhere", async () => {
  await using vpc = await production();
  const open = await vpc.group("open");
  await vpc.open([ranges([app])], open);
  await vpc.elasticache.send(cache("x", [open]));
  const event = vpcEvent("CreateCacheCluster", { cacheClusterId: "x", securityGroupIds: [open] }, null, "elasticache");
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
});

test.each([
  ["of a cluster behind the same group", "CreateCluster", { clusterIdentifier: "sales", port: 5439 }],
  ["of the endpoint itself", "ModifyEndpointAccess", { endpointName: "x" }],
])(
  "an endpoint to another account's cluster, whose name that account chose, spares no violation in the event %s",
  async (_, name, request) => {
    const demo = [{ name: "demo", ranges: [app], services: ["redshift"], resources: ["demo-*"] }];
    await using vpc = await startVpc({ store: false, permit: demo });
    const theirs = redshiftClient(vpc.emulator, { account: stranger });
    const login = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };
    await theirs.send(new CreateClusterCommand({ ...login, ClusterIdentifier: "demo-x" }));
    await theirs.send(new AuthorizeEndpointAccessCommand({ ClusterIdentifier: "demo-x", Account: home.account }));
    const form = { EndpointName: "x", ClusterIdentifier: "demo-x", ResourceOwner: stranger, SubnetGroupName: "own" };
    await vpc.redshift.send(new CreateEndpointAccessCommand({ ...form, VpcSecurityGroupIds: [vpc.web] }));
    await vpc.open([ranges([app], 5439)]);
    await createCluster(vpc, "sales", { Port: 5439 });
    const event = vpcEvent(name, { ...request, vpcSecurityGroupIds: [vpc.web] }, null, "redshift");

    const { outcomes } = await vpc.invoke(event);

    expect(outcomes).toMatchObject([
      { result: "revoked", grant: { stores: expect.arrayContaining([expect.objectContaining({ account: stranger })]) } },
    ]);
  },
);
