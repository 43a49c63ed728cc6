import type { StoreKind } from "../event.ts";

/** A call that attaches VPC security groups to a store or to an endpoint that leads to one, and the request keys that name the store and the groups. */
interface AttachingCall {
  readonly eventName: string;
  /** The store's service, as policies name it; its events come from `<service>.amazonaws.com`. */
  readonly service: string;
  readonly store: string;
  readonly groups: string;
  readonly kind: StoreKind;
  /** The element around the store in the API's response, if there is one. */
  readonly response?: string;
  /** Only for an endpoint: the key, in the request or the response, of the store that it leads to. */
  readonly leadsTo?: string;
}

const caches = { service: "elasticache", groups: "securityGroupIds", kind: "cache" } as const;
const serverlessCaches = { ...caches, store: "serverlessCacheName", kind: "serverlessCache", response: "serverlessCache" } as const;
const clusters = { service: "redshift", store: "clusterIdentifier", groups: "vpcSecurityGroupIds", kind: "cluster" } as const;
const workgroups = {
  service: "redshift-serverless",
  store: "workgroupName",
  groups: "securityGroupIds",
  kind: "workgroup",
  response: "workgroup",
} as const;
const endpoints = { store: "endpointName", groups: "vpcSecurityGroupIds" } as const;
const clusterEndpoints = { ...endpoints, service: "redshift", kind: "clusterEndpoint", leadsTo: "clusterIdentifier" } as const;
const workgroupEndpoints = {
  ...endpoints,
  service: "redshift-serverless",
  kind: "workgroupEndpoint",
  response: "endpoint",
  leadsTo: "workgroupName",
} as const;

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
  { eventName: "CreateEndpointAccess", ...clusterEndpoints },
  { eventName: "ModifyEndpointAccess", ...clusterEndpoints },
  { eventName: "CreateEndpointAccess", ...workgroupEndpoints },
  { eventName: "UpdateEndpointAccess", ...workgroupEndpoints },
];
