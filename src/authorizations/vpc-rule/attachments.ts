/** A call that puts VPC security groups before a store, and how its event names the store and the groups. */
export interface Attachment {
  readonly eventName: string;
  /** The store's service, as policies name it; its events come from `<service>.amazonaws.com`. */
  readonly service: string;
  readonly store: string;
  readonly groups: string;
  readonly kind: "cache" | "serverlessCache" | "warehouse";
}

const caches = { service: "elasticache", groups: "securityGroupIds", kind: "cache" } as const;
const serverlessCaches = { ...caches, store: "serverlessCacheName", kind: "serverlessCache" } as const;
const clusters = { service: "redshift", store: "clusterIdentifier", groups: "vpcSecurityGroupIds", kind: "warehouse" } as const;
const workgroups = { service: "redshift-serverless", store: "workgroupName", groups: "securityGroupIds", kind: "warehouse" } as const;

/** Every call that attaches: the groups' rules may be open already, and no event of EC2 tells of it. */
export const attachments: readonly Attachment[] = [
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
