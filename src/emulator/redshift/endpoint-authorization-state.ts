import { perWorld, type World } from "../state.ts";
import type { Element } from "../wire/query.ts";
import { openClusters, statusOf } from "./cluster-state.ts";

/** What lets an account make endpoints to a cluster of another. Without VPCs, all of the account's. */
export interface Authorization {
  readonly name: string;
  readonly region: string;
  readonly grantor: string;
  readonly grantee: string;
  readonly cluster: string;
  readonly namespaceArn: string;
  readonly authorizedAt: string;
  vpcIds: readonly string[] | undefined;
  endpoints: readonly Endpoint[];
  /** When it is gone, once it is being revoked. */
  goneAt: number;
}

interface Endpoint {
  readonly name: string;
  readonly vpcId: string;
  /** Takes its network interface away. */
  remove(): void;
}

const openAll = perWorld(() => new Map<string, Authorization>());

/** The authorizations in one Region, of all accounts: a grantor and a grantee both see them. */
interface Authorizations {
  /** Those that stand, of clusters that do. */
  all(): readonly Authorization[];
  find(grantor: string, cluster: string, grantee: string): Authorization | undefined;
  put(made: Omit<Authorization, "name" | "region">): Authorization;
}

/** Opens them. */
export function openAuthorizations(region: string, world: World): Authorizations {
  const byName = openAll(world);
  const nameOf = (grantor: string, cluster: string, grantee: string): string => [region, grantor, cluster, grantee].join("/");
  const stands = ({ goneAt, grantor, cluster, namespaceArn }: Authorization): boolean =>
    goneAt > performance.now() && openClusters({ account: grantor, region }, world).all.get(cluster)?.namespaceArn === namespaceArn;
  const all = (): readonly Authorization[] => [...byName.values()].filter((one) => one.region === region && stands(one));

  return {
    all,
    find(...key) {
      const name = nameOf(...key);
      return all().find((one) => one.name === name);
    },
    put(made) {
      const authorization = { ...made, region, name: nameOf(made.grantor, made.cluster, made.grantee) };
      byName.set(authorization.name, authorization);
      return authorization;
    },
  };
}

/** Page API_EndpointAuthorization. */
export function describeAuthorization(authorization: Authorization, world: World, answered?: "Revoking"): readonly Element[] {
  const { region, grantor, grantee, vpcIds, endpoints } = authorization;
  const cluster = openClusters({ account: grantor, region }, world).find(authorization.cluster);
  const status = authorization.goneAt === Number.POSITIVE_INFINITY ? "Authorized" : "Revoking";
  return [
    ["Grantor", grantor],
    ["Grantee", grantee],
    ["ClusterIdentifier", cluster.name],
    ["AuthorizeTime", authorization.authorizedAt],
    ["ClusterStatus", statusOf(cluster)],
    ["Status", answered ?? status],
    ["AllowedAllVPCs", vpcIds === undefined],
    ["AllowedVPCs", (vpcIds ?? []).map((id): Element => ["VpcIdentifier", id])],
    ["EndpointCount", endpoints.length],
  ];
}
