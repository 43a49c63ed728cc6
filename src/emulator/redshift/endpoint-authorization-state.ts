import { statusOf } from "../shared/store-status.ts";
import { hasSettled, type Place, perWorld } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { clustersOf, findCluster } from "./cluster-state.ts";
import { type Endpoint, endpointsOf } from "./endpoint-access-state.ts";

/** The right of an account to create endpoints to another account's cluster; `name` is unique in a world. */
export interface Authorization {
  readonly name: string;
  readonly grantor: Place;
  readonly grantee: string;
  readonly cluster: string;
  readonly namespaceArn: string;
  readonly authorizedAt: string;
  /** Undefined: all VPCs of the grantee. */
  vpcIds: readonly string[] | undefined;
  /** When its revocation takes effect; Infinity if it is not being revoked. */
  settlesAt: number;
}

const authorizationsOf = perWorld(() => new Map<string, Authorization>());

/** The authorizations in the Region of a place, of all accounts: a grantor and a grantee both see them. Without those of deleted clusters. */
export function allAuthorizations({ region, world }: Place): readonly Authorization[] {
  return [...authorizationsOf(world).values()].filter((one) => one.grantor.region === region && exists(one));
}

function exists(authorization: Authorization): boolean {
  const { grantor, cluster, namespaceArn } = authorization;
  return !hasSettled(authorization) && clustersOf(grantor).get(cluster)?.namespaceArn === namespaceArn;
}

/** The authorization of a grantee for a cluster of the grantor, if there is one. */
export function findAuthorization(grantor: Place, cluster: string, grantee: string): Authorization | undefined {
  const name = nameOf(grantor, cluster, grantee);
  return allAuthorizations(grantor).find((one) => one.name === name);
}

/** Creates an authorization. */
export function addAuthorization(form: Omit<Authorization, "name" | "authorizedAt" | "settlesAt">): Authorization {
  const { grantor, cluster, grantee } = form;
  const name = nameOf(grantor, cluster, grantee);
  const authorizedAt = new Date().toISOString();
  const authorization: Authorization = { ...form, name, authorizedAt, settlesAt: Number.POSITIVE_INFINITY };
  authorizationsOf(grantor.world).set(name, authorization);
  return authorization;
}

function nameOf({ account, region }: Place, cluster: string, grantee: string): string {
  return [region, account, cluster, grantee].join("/");
}

/** "The status of the authorization is not valid": it is being revoked. */
export function checkNotRevoking(authorization: Authorization | undefined): void {
  if (authorization === undefined || authorization.settlesAt === Number.POSITIVE_INFINITY) return;
  throw new QueryError("InvalidAuthorizationState", 400, "The status of the authorization is not valid.");
}

/** The endpoints that the grantee has created. */
export function endpointsUnder({ grantor, grantee, cluster }: Authorization): readonly Endpoint[] {
  const own = [...endpointsOf({ ...grantor, account: grantee }).values()];
  return own.filter((endpoint) => endpoint.grantor.account === grantor.account && endpoint.cluster === cluster);
}

/** Page API_EndpointAuthorization. */
export function describeAuthorization(authorization: Authorization): readonly Element[] {
  const { grantor, grantee, vpcIds } = authorization;
  const cluster = findCluster(grantor, authorization.cluster);
  return [
    ["Grantor", grantor.account],
    ["Grantee", grantee],
    ["ClusterIdentifier", cluster.name],
    ["AuthorizeTime", authorization.authorizedAt],
    ["ClusterStatus", statusOf(cluster)],
    ["Status", authorization.settlesAt === Number.POSITIVE_INFINITY ? "Authorized" : "Revoking"],
    ["AllowedAllVPCs", vpcIds === undefined],
    ["AllowedVPCs", (vpcIds ?? []).map((id): Element => ["VpcIdentifier", id])],
    ["EndpointCount", endpointsUnder(authorization).length],
  ];
}
