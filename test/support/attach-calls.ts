import { CreateCacheClusterCommand, CreateReplicationGroupCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateNamespaceCommand, CreateWorkgroupCommand } from "@aws-sdk/client-redshift-serverless";
import { createCluster, sessions, type Vpc } from "./vpc.ts";

/** A call that attaches security groups to a store: its request, and how to create the store. */
export interface AttachCall {
  readonly eventName: string;
  readonly service: string;
  readonly port: number;
  readonly request: (groups: readonly string[]) => object;
  readonly make: (vpc: Vpc, groups: string[]) => Promise<unknown>;
}

const cache: Omit<AttachCall, "eventName"> = {
  service: "elasticache",
  port: 6379,
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
  request: (securityGroupIds) => ({ serverlessCacheName: "orders", securityGroupIds }),
  make: ({ elasticache }, SecurityGroupIds) =>
    elasticache.send(new CreateServerlessCacheCommand({ ServerlessCacheName: "orders", Engine: "valkey", SecurityGroupIds })),
};
export const cluster: Omit<AttachCall, "eventName"> = {
  service: "redshift",
  port: 5439,
  request: (vpcSecurityGroupIds) => ({ clusterIdentifier: "orders", vpcSecurityGroupIds }),
  make: (vpc, VpcSecurityGroupIds) => createCluster(vpc, "orders", { VpcSecurityGroupIds }),
};
export const workgroup: Omit<AttachCall, "eventName"> = {
  service: "redshift-serverless",
  port: 5439,
  request: (securityGroupIds) => ({ workgroupName: "orders", namespaceName: "orders", securityGroupIds }),
  make: async ({ serverless: client }, securityGroupIds) => {
    await client.send(new CreateNamespaceCommand({ namespaceName: "orders" }));
    await client.send(new CreateWorkgroupCommand({ workgroupName: "orders", namespaceName: "orders", securityGroupIds }));
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
];
