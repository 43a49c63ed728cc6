import type { DetachingCall } from "../authorization.ts";
import type { StoreKind, VpcStore } from "../event.ts";

/** The call that changes the security groups of each kind of store, and its parameters. */
const calls: Readonly<Record<StoreKind, { readonly operation: string; readonly name: string; readonly groups: string }>> = {
  cache: { operation: "ModifyCacheCluster", name: "CacheClusterId", groups: "SecurityGroupIds" },
  serverlessCache: { operation: "ModifyServerlessCache", name: "ServerlessCacheName", groups: "SecurityGroupIds" },
  cluster: { operation: "ModifyCluster", name: "ClusterIdentifier", groups: "VpcSecurityGroupIds" },
  clusterEndpoint: { operation: "ModifyEndpointAccess", name: "EndpointName", groups: "VpcSecurityGroupIds" },
  workgroupEndpoint: { operation: "UpdateEndpointAccess", name: "endpointName", groups: "vpcSecurityGroupIds" },
  workgroup: { operation: "UpdateWorkgroup", name: "workgroupName", groups: "securityGroupIds" },
};

/** Returns the calls that leave each store with its other groups. A store without another group is left out: AWS requires one. */
export function detachingCalls(stores: readonly VpcStore[], group: string): readonly DetachingCall[] {
  const detaching = stores.map(({ kind, service, resource, id, groups }): DetachingCall | undefined => {
    const others = groups.filter((each) => each !== group);
    if (others.length === 0) return undefined;
    if (kind === "cache" && id !== resource)
      return { service, operation: "ModifyReplicationGroup", input: { ReplicationGroupId: resource, SecurityGroupIds: others } };
    const { operation, name, groups: parameter } = calls[kind];
    return { service, operation, input: { [name]: id, [parameter]: others } };
  });
  const distinct = new Map(detaching.flatMap((call) => (call ? [[JSON.stringify(call.input), call]] : [])));
  return [...distinct.values()];
}
