import { cacheSecurityGroups } from "./cache-security-groups.ts";
import { callerIdentity } from "./caller-identity.ts";
import { clusterSecurityGroups } from "./cluster-security-groups.ts";
import type { Family, Operation, Settings } from "./family.ts";
import { type Answer, type Api, apiOf, type Query, QueryError, refusal, success } from "./query.ts";

/** Everything that the emulator can do: a family of operations is one file and one line here. */
const families: readonly Family[] = [cacheSecurityGroups, clusterSecurityGroups, callerIdentity];

/** All accounts and Regions. Each comes into being, empty, with its first request. */
interface Accounts {
  /** Does what a request asks, or refuses it, and gives AWS's answer to that. */
  carryOut(query: Query, requestId: string): Answer;
  /** Empties them all. */
  clear(): void;
}

/** Opens them, with nothing in any. */
export function openAccounts(settings: Settings): Accounts {
  const operationsByPlace = new Map<string, ReadonlyMap<string, Operation>>();

  const operationsFor = (api: Api, { account, region }: Query): ReadonlyMap<string, Operation> => {
    const place = JSON.stringify([api.service, account, region]);
    const known = operationsByPlace.get(place);
    if (known !== undefined) return known;
    const own = families.filter((family) => family.api === api);
    const operations = new Map(own.flatMap((family) => [...family.open({ account, region }, settings)]));
    operationsByPlace.set(place, operations);
    return operations;
  };

  return {
    clear: () => operationsByPlace.clear(),
    carryOut(query, requestId) {
      const { service, action, version, parameters } = query;
      try {
        if (action === "") throw new QueryError("MissingAction", 400, "The request is missing an action.");
        const api = apiOf(service);
        const operation = api?.version === version ? operationsFor(api, query).get(action) : undefined;
        if (api === undefined || operation === undefined) {
          throw new QueryError("InvalidAction", 400, `Could not find operation ${action} for version ${version}`);
        }
        return success(api, action, operation(parameters), requestId);
      } catch (error) {
        return refusal(service, error, requestId);
      }
    },
  };
}
