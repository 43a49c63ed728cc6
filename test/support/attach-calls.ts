import { CreateCacheClusterCommand, CreateReplicationGroupCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateEndpointAccessCommand } from "@aws-sdk/client-redshift";
import {
  CreateNamespaceCommand,
  CreateWorkgroupCommand,
  CreateEndpointAccessCommand as CreateWorkgroupEndpointCommand,
} from "@aws-sdk/client-redshift-serverless";
import { createCluster, sessions, type Vpc } from "./vpc.ts";

/** A call that attaches security groups to a store: its request, and how to create the store. */
export interface AttachCall {
  readonly eventName: string;
  readonly service: string;
  readonly port: number;
  /** The action that lists the store. */
  readonly list: string;
  readonly request: (groups: readonly string[]) => object;
  /** What the response shows of the store, if the request does not name it. */
  readonly response?: object;
  readonly make: (vpc: Vpc, groups: string[]) => Promise<unknown>;
}

const cache: Omit<AttachCall, "eventName"> = {
  service: "elasticache",
  port: 6379,
  list: "DescribeCacheClusters",
  request: (securityGroupIds) => ({ cacheClusterId: "Orders", securityGroupIds }),
  make: ({ elasticache }, SecurityGroupIds) =>
    elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: "orders", SecurityGroupIds })),
};
export const replicas: Omit<AttachCall, "eventName"> = {
  ...cache,
  request: (securityGroupIds) => ({ replicationGroupId: "Orders", securityGroupIds }),
  make: ({ elasticache }, SecurityGroupIds) => {
    const form = {
      ReplicationGroupId: "orders",
      ReplicationGroupDescription: "for tests",
      CacheNodeType: sessions.CacheNodeType,
      NumCacheClusters: 2,
    };
    return elasticache.send(new CreateReplicationGroupCommand({ ...form, SecurityGroupIds }));
  },
};
const serverless: Omit<AttachCall, "eventName"> = {
  ...cache,
  list: "DescribeServerlessCaches",
  request: (securityGroupIds) => ({ serverlessCacheName: "orders", securityGroupIds }),
  make: ({ elasticache }, SecurityGroupIds) =>
    elasticache.send(new CreateServerlessCacheCommand({ ServerlessCacheName: "orders", Engine: "valkey", SecurityGroupIds })),
};
export const cluster: Omit<AttachCall, "eventName"> = {
  service: "redshift",
  port: 5439,
  list: "DescribeClusters",
  request: (vpcSecurityGroupIds) => ({ clusterIdentifier: "orders", vpcSecurityGroupIds }),
  make: (vpc, VpcSecurityGroupIds) => createCluster(vpc, "orders", { VpcSecurityGroupIds }),
};
export const workgroup: Omit<AttachCall, "eventName"> = {
  service: "redshift-serverless",
  port: 5439,
  list: "ListWorkgroups",
  request: (securityGroupIds) => ({ workgroupName: "orders", namespaceName: "orders", securityGroupIds }),
  make: async ({ serverless: client }, securityGroupIds) => {
    await client.send(new CreateNamespaceCommand({ namespaceName: "orders" }));
    await client.send(new CreateWorkgroupCommand({ workgroupName: "orders", namespaceName: "orders", securityGroupIds }));
  },
};
/** The cluster has a group of its own. */
export const clusterEndpoint: Omit<AttachCall, "eventName"> = {
  ...cluster,
  list: "DescribeEndpointAccess",
  request: (vpcSecurityGroupIds) => ({ endpointName: "Reports", vpcSecurityGroupIds }),
  response: { clusterIdentifier: "orders", endpointName: "Reports", endpointStatus: "modifying", port: 5439 },
  make: async (vpc, VpcSecurityGroupIds) => {
    await createCluster(vpc, "orders", { VpcSecurityGroupIds: [await vpc.group("of the cluster")] });
    const form = { EndpointName: "Reports", ClusterIdentifier: "orders", SubnetGroupName: "own" };
    await vpc.redshift.send(new CreateEndpointAccessCommand({ ...form, VpcSecurityGroupIds }));
  },
};
/** The workgroup has the default group. */
export const workgroupEndpoint: Omit<AttachCall, "eventName"> = {
  ...workgroup,
  list: "ListEndpointAccess",
  request: (vpcSecurityGroupIds) => ({ endpointName: "reports", vpcSecurityGroupIds }),
  response: { endpoint: { workgroupName: "orders", endpointName: "reports", endpointStatus: "MODIFYING", port: 5439 } },
  make: async (vpc, vpcSecurityGroupIds) => {
    await workgroup.make(vpc, []);
    const form = { endpointName: "reports", workgroupName: "orders", subnetIds: ["subnet-1"] };
    await vpc.serverless.send(new CreateWorkgroupEndpointCommand({ ...form, vpcSecurityGroupIds }));
  },
};

/** One for each event that attaches groups. */
export const calls: readonly AttachCall[] = [
  { eventName: "CreateCacheCluster", ...cache },
  { eventName: "ModifyCacheCluster", ...cache },
  { eventName: "CreateReplicationGroup", ...replicas },
  { eventName: "ModifyReplicationGroup", ...replicas },
  { eventName: "CreateServerlessCache", ...serverless },
  { eventName: "ModifyServerlessCache", ...serverless },
  { eventName: "CreateCluster", ...cluster },
  { eventName: "ModifyCluster", ...cluster },
  { eventName: "RestoreFromClusterSnapshot", ...cluster },
  { eventName: "CreateWorkgroup", ...workgroup },
  { eventName: "UpdateWorkgroup", ...workgroup },
  {
    eventName: "CreateEndpointAccess",
    ...clusterEndpoint,
    request: (groups) => ({ ...clusterEndpoint.request(groups), clusterIdentifier: "Orders" }),
  },
  { eventName: "ModifyEndpointAccess", ...clusterEndpoint },
  {
    eventName: "CreateEndpointAccess",
    ...workgroupEndpoint,
    request: (groups) => ({ ...workgroupEndpoint.request(groups), workgroupName: "orders" }),
  },
  { eventName: "UpdateEndpointAccess", ...workgroupEndpoint },
];
