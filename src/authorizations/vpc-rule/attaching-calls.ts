import type { StoreKind } from "../event.ts";

/** A call that attaches VPC security groups to a store, and the request keys that name the store and the groups. */
interface AttachingCall {
  readonly eventName: string;
  /** The store's service, as policies name it; its events come from `<service>.amazonaws.com`. */
  readonly service: string;
  readonly store: string;
  readonly groups: string;
  readonly kind: StoreKind;
}

const caches = { service: "elasticache", groups: "securityGroupIds", kind: "cache" } as const;
const serverlessCaches = { ...caches, store: "serverlessCacheName", kind: "serverlessCache" } as const;
const clusters = { service: "redshift", store: "clusterIdentifier", groups: "vpcSecurityGroupIds", kind: "cluster" } as const;
const workgroups = { service: "redshift-serverless", store: "workgroupName", groups: "securityGroupIds", kind: "workgroup" } as const;

/** Every call that attaches security groups. The rules of a group may already be too open, and no event of EC2 shows that. */
export const attachingCalls: readonly AttachingCall[] = [
  { eventName: "CreateCacheCluster", store: "cacheClusterId", ...caches },
  { eventName: "ModifyCacheCluster", store: "cacheClusterId", ...caches },
  { eventName: "CreateReplicationGroup", store: "replicationGroupId", ...caches },
  { eventName: "ModifyReplicationGroup", store: "replicationGroupId", ...caches },
  { eventName: "CreateServerlessCache", ...serverlessCaches },
  { eventName: "ModifyServerlessCache", ...serverlessCaches },
  { eventName: "CreateCluster", ...clusters },
  { eventName: "ModifyCluster", ...clusters },
  { eventName: "RestoreFromClusterSnapshot", ...clusters },
  { eventName: "CreateWorkgroup", ...workgroups },
  { eventName: "UpdateWorkgroup", ...workgroups },
];
