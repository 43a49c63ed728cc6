import { checkAvailable } from "./availability.ts";
import { managedPrefixLists } from "./ec2/managed-prefix-lists.ts";
import { networkInterfaces } from "./ec2/network-interfaces.ts";
import { regions } from "./ec2/regions.ts";
import { securityGroupRules } from "./ec2/security-group-rules.ts";
import { securityGroups } from "./ec2/security-groups.ts";
import { vpcEndpoints } from "./ec2/vpc-endpoints.ts";
import { vpcs } from "./ec2/vpcs.ts";
import { cacheClusters } from "./elasticache/cache-clusters.ts";
import { cacheSecurityGroups } from "./elasticache/cache-security-groups.ts";
import { globalReplicationGroups } from "./elasticache/global-replication-groups.ts";
import { replicationGroups } from "./elasticache/replication-groups.ts";
import { serverlessCaches } from "./elasticache/serverless-caches.ts";
import { snapshots } from "./elasticache/snapshots.ts";
import type { ActionGroup, Operation } from "./operation.ts";
import { clusterSecurityGroups } from "./redshift/cluster-security-groups.ts";
import { clusterSnapshots } from "./redshift/cluster-snapshots.ts";
import { clusters } from "./redshift/clusters.ts";
import { createDataShare, type DataShareSeed } from "./redshift/data-share-state.ts";
import { dataShares } from "./redshift/data-shares.ts";
import { endpointAccess } from "./redshift/endpoint-access.ts";
import { namespaceRegistrations } from "./redshift/namespace-registrations.ts";
import { serverlessEndpointAccess } from "./redshift-serverless/endpoint-access.ts";
import { resourcePolicies } from "./redshift-serverless/resource-policies.ts";
import { serverlessSnapshots } from "./redshift-serverless/snapshots.ts";
import { workgroups } from "./redshift-serverless/workgroups.ts";
import { checkRegion } from "./regions.ts";
import type { Settings, World } from "./state.ts";
import { temporaryCredentials } from "./sts/assume-role.ts";
import { callerIdentity } from "./sts/caller-identity.ts";
import { addRole, callerOf, checkSession, type Role } from "./sts/sessions.ts";
import { apiOf } from "./wire/apis.ts";
import { QueryError } from "./wire/errors.ts";
import { type Query, type SignedQuery, unknownAction } from "./wire/request.ts";
import { errorResponse, successResponse, type WireResponse } from "./wire/responses.ts";

/** Every action that the emulator has: each group is one file and one line here. */
const groups: readonly ActionGroup[] = [
  cacheSecurityGroups,
  cacheClusters,
  replicationGroups,
  serverlessCaches,
  snapshots,
  globalReplicationGroups,
  clusterSecurityGroups,
  clusters,
  clusterSnapshots,
  endpointAccess,
  dataShares,
  namespaceRegistrations,
  workgroups,
  serverlessSnapshots,
  resourcePolicies,
  serverlessEndpointAccess,
  vpcs,
  securityGroups,
  securityGroupRules,
  networkInterfaces,
  vpcEndpoints,
  managedPrefixLists,
  regions,
  callerIdentity,
  temporaryCredentials,
];

/** A Map, because the names of actions are request text. */
const operations: ReadonlyMap<string, Operation> = new Map(
  groups.flatMap((group) => Object.entries(group.operations).map(([action, operation]) => [keyOf(group.api.service, action), operation])),
);

function keyOf(service: string, action: string): string {
  return `${service}:${action}`;
}

/** Runs requests over the resources of all accounts and Regions. */
export interface Dispatcher {
  /** The request with the account of its credentials. */
  identify(query: SignedQuery): Query;
  /** Throws QueryError if AWS would not accept the credentials of a request, or not in its Region. */
  authenticate(query: Query): void;
  /** Runs a request and returns AWS's response to it, which may be an error. */
  run(query: Query, requestId: string): WireResponse;
  /** Creates a datashare, for which AWS has no API. */
  createDataShare(seed: DataShareSeed): void;
  /** Creates a role, for which the emulator has no API. */
  addRole(role: Role): void;
  /** Deletes every resource, role and session. */
  clear(): void;
}

/** A dispatcher without resources. */
export function createDispatcher(settings: Settings): Dispatcher {
  let world: World = { settings };

  return {
    identify: (query) => ({ ...query, account: callerOf(query, world).account }),
    authenticate(query) {
      checkSession(query, world);
      checkRegion(query, world);
    },
    createDataShare: (seed) => createDataShare(seed, world),
    addRole: (role) => addRole(role, world),
    clear() {
      world = { settings };
    },
    run(query, requestId) {
      const { account, region, service, action, version, parameters } = query;
      try {
        if (action === "") throw new QueryError("MissingAction", 400, "The request is missing an action.");
        const api = apiOf(service);
        const operation = api?.version === version ? operations.get(keyOf(service, action)) : undefined;
        if (api === undefined || operation === undefined) throw unknownAction(query);
        checkAvailable(query, world);
        return successResponse(api, action, operation(parameters, { account, region, world }, callerOf(query, world)), requestId);
      } catch (error) {
        return errorResponse(service, error, requestId);
      }
    },
  };
}
