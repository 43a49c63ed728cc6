import { prefixLists } from "./ec2/managed-prefix-lists.ts";
import { networkInterfaces } from "./ec2/network-interfaces.ts";
import { vpcSecurityGroupRules } from "./ec2/security-group-rules.ts";
import { vpcSecurityGroups } from "./ec2/security-groups.ts";
import { vpcs } from "./ec2/vpcs.ts";
import { cacheClusters } from "./elasticache/cache-clusters.ts";
import { cacheSecurityGroups } from "./elasticache/cache-security-groups.ts";
import { replicationGroups } from "./elasticache/replication-groups.ts";
import { serverlessCaches } from "./elasticache/serverless-caches.ts";
import { clusterSecurityGroups } from "./redshift/cluster-security-groups.ts";
import { clusterSnapshots } from "./redshift/cluster-snapshots.ts";
import { clusters } from "./redshift/clusters.ts";
import { createDataShare, type DataShareSeed, dataShares } from "./redshift/data-shares.ts";
import { endpointAccess } from "./redshift/endpoint-access.ts";
import { workgroups } from "./redshift-serverless/workgroups.ts";
import type { Family, Operation, Settings, World } from "./state.ts";
import { callerIdentity } from "./sts/caller-identity.ts";
import { refusal, success } from "./wire/answers.ts";
import { type Api, apiOf } from "./wire/apis.ts";
import { type Answer, type Query, QueryError, unknownAction } from "./wire/query.ts";

/** Everything that the emulator can do: a family of operations is one file and one line here. */
const families: readonly Family[] = [
  cacheSecurityGroups,
  cacheClusters,
  replicationGroups,
  serverlessCaches,
  clusterSecurityGroups,
  clusters,
  clusterSnapshots,
  endpointAccess,
  dataShares,
  workgroups,
  vpcs,
  vpcSecurityGroups,
  vpcSecurityGroupRules,
  networkInterfaces,
  prefixLists,
  callerIdentity,
];

/** All accounts and Regions. Each comes into being, empty, with its first request. */
interface Accounts {
  /** Does what a request asks, or refuses it, and gives AWS's answer to that. */
  carryOut(query: Query, requestId: string): Answer;
  /** Makes a datashare, for which AWS has no API. */
  createDataShare(seed: DataShareSeed): void;
  /** Empties them all. */
  clear(): void;
}

/** Opens them, with nothing in any. */
export function openAccounts(settings: Settings): Accounts {
  let world: World = { settings };
  const operationsByPlace = new Map<string, ReadonlyMap<string, Operation>>();

  const operationsFor = (api: Api, { account, region }: Query): ReadonlyMap<string, Operation> => {
    const place = JSON.stringify([api.service, account, region]);
    const known = operationsByPlace.get(place);
    if (known !== undefined) return known;
    const own = families.filter((family) => family.api === api);
    const operations = new Map(own.flatMap((family) => [...family.open({ account, region }, world)]));
    operationsByPlace.set(place, operations);
    return operations;
  };

  return {
    createDataShare: (seed) => createDataShare(seed, world),
    clear() {
      world = { settings };
      operationsByPlace.clear();
    },
    carryOut(query, requestId) {
      const { service, action, version, parameters } = query;
      try {
        if (action === "") throw new QueryError("MissingAction", 400, "The request is missing an action.");
        const api = apiOf(service);
        const operation = api?.version === version ? operationsFor(api, query).get(action) : undefined;
        if (api === undefined || operation === undefined) throw unknownAction(query);
        return success(api, action, operation(parameters), requestId);
      } catch (error) {
        return refusal(service, error, requestId);
      }
    },
  };
}
