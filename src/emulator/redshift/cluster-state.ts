import { randomUUID } from "node:crypto";
import { arnOf } from "../arn.ts";
import { detachNetworkInterface } from "../ec2/network-interface-state.ts";
import { deleteEndpoint, deleteStoreEndpoint, putStoreEndpoint, type VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import { isIdentifier } from "../shared/identifiers.ts";
import { redshiftEndpoint } from "../shared/redshift-endpoint.ts";
import { changeGroups, type StoreGroups } from "../shared/store-groups.ts";
import { deletion, type StoreChange, statusOf } from "../shared/store-status.ts";
import { type Place, resourcesPerPlace, settlesAt } from "../state.ts";
import { invalidCombination, invalidValue, QueryError } from "../wire/errors.ts";
import { boolean, integer, list, type Parameters } from "../wire/parameters.ts";

/** A Redshift cluster. */
export interface Cluster extends StoreChange {
  readonly name: string;
  readonly namespaceArn: string;
  readonly port: number;
  readonly isPublic: boolean;
  readonly groups: StoreGroups;
  /**
   * The VPC endpoint that lets a cluster move to another Availability Zone without changing its address. `DescribeClusters` shows one for
   * real clusters (github.com/hashicorp/terraform-provider-aws/issues/46079); that `AvailabilityZoneRelocation` creates it is inferred.
   */
  readonly endpoint: VpcEndpoint | undefined;
}

/** The clusters of a place, by name. */
export const clustersOf: (place: Place) => Map<string, Cluster> = resourcesPerPlace();

/** The cluster with this name. Throws ClusterNotFound. */
export function findCluster(place: Place, name: string): Cluster {
  const cluster = clustersOf(place).get(name);
  if (cluster === undefined) throw new QueryError("ClusterNotFound", 404, `Cluster ${name} not found.`);
  return cluster;
}

/** The same, if it has no change under way; else throws InvalidClusterState. With `createMissing`, an unknown cluster is created. */
export function findAvailableCluster(place: Place, name: string): Cluster {
  if (place.world.settings.createMissing && !clustersOf(place).has(name)) {
    const created = { ...createCluster(place, name, new Map()), settlesAt: 0 };
    clustersOf(place).set(name, created);
    return created;
  }
  const cluster = findCluster(place, name);
  if (statusOf(cluster) === "available") return cluster;
  throw new QueryError("InvalidClusterState", 400, `The cluster ${name} is not in the available state.`);
}

/** Creates a cluster with the port, access and groups of the request. Throws ClusterAlreadyExists. */
export function createCluster(place: Place, name: string, parameters: Parameters, port = 5439): Cluster {
  // "Must contain from 1 to 63 alphanumeric characters or hyphens", all in lower case (page API_CreateCluster).
  if (!isIdentifier(name, 63)) throw invalidValue(`The parameter ClusterIdentifier is not a valid identifier: ${name}`);
  if (clustersOf(place).has(name)) throw new QueryError("ClusterAlreadyExists", 400, `Cluster ${name} already exists.`);
  const namespaceArn = arnOf("redshift", place, `namespace:${randomUUID()}`);
  return put(place, { name, namespaceArn, change: "creating", port, isPublic: false }, parameters);
}

/** Changes the port, access and groups of a cluster that the request states. */
export function modifyCluster(place: Place, cluster: Cluster, parameters: Parameters): Cluster {
  return put(place, { ...cluster, change: "modifying" }, parameters);
}

/** Pauses a cluster that is available, or resumes one that is paused. Throws InvalidClusterState for any other. */
export function pauseOrResume(place: Place, name: string, change: "pausing" | "resuming"): Cluster {
  const cluster = findCluster(place, name);
  const status = statusOf(cluster);
  if (status !== (change === "pausing" ? "available" : "paused")) {
    throw new QueryError("InvalidClusterState", 400, `The cluster ${name} is ${status}.`);
  }
  const changed = { ...cluster, change, settlesAt: settlesAt(place) };
  clustersOf(place).set(name, changed);
  return changed;
}

/** Deletes a cluster, its network interface and its VPC endpoint. */
export function deleteCluster(place: Place, cluster: Cluster): void {
  const { name, endpoint } = cluster;
  const change = deletion(place);
  clustersOf(place).set(name, { ...cluster, ...change });
  detachNetworkInterface(place, ownerOf(name), change.goneAt);
  if (endpoint !== undefined) deleteStoreEndpoint(place, endpoint, change.goneAt);
}

function put(place: Place, before: Omit<Cluster, "groups" | "endpoint" | "settlesAt">, parameters: Parameters): Cluster {
  const { name, namespaceArn, change } = before;
  const port = integer(parameters, "Port") ?? before.port;
  if (port < 1150 || port > 65535) throw invalidValue(`Invalid port: ${port}`);
  const isPublic = boolean(parameters, "PubliclyAccessible") ?? before.isPublic;
  const classicGroups = list(parameters, "ClusterSecurityGroups.ClusterSecurityGroupName");
  const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
  if (classicGroups.length > 0 && groupIds.length > 0) {
    throw invalidCombination("Cluster security groups and VPC security groups cannot be specified together.");
  }
  const managed = { owner: ownerOf(name), description: "RedshiftNetworkInterface", requester: "amazon-redshift" } as const;
  const current = clustersOf(place).get(name);
  const groups = changeGroups(place, current?.groups, { classicGroups, groupIds }, managed);
  const endpoint = changeEndpoint(place, current?.endpoint, groups, boolean(parameters, "AvailabilityZoneRelocation"));
  const cluster = { name, namespaceArn, change, port, isPublic, groups, endpoint, settlesAt: settlesAt(place) };
  clustersOf(place).set(name, cluster);
  return cluster;
}

function changeEndpoint(
  place: Place,
  current: VpcEndpoint | undefined,
  { networkInterface }: StoreGroups,
  canRelocate: boolean = current !== undefined,
): VpcEndpoint | undefined {
  if (canRelocate && networkInterface !== undefined) {
    return putStoreEndpoint(place, current, redshiftEndpoint(place, networkInterface), invalidValue);
  }
  if (current !== undefined) deleteEndpoint(place, current);
  return undefined;
}

function ownerOf(name: string): string {
  return `cluster:${name}`;
}
