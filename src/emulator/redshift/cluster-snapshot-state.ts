import { arnOf } from "../arn.ts";
import { asciiLowerCase, isIdentifier } from "../shared/identifiers.ts";
import { type Place, perWorld } from "../state.ts";
import { invalidCombination, QueryError } from "../wire/errors.ts";
import { optional, type Parameters } from "../wire/parameters.ts";
import { type Cluster, findAvailableCluster } from "./cluster-state.ts";

/** A snapshot of a cluster, and the accounts that may restore it. `name` is its ARN. */
export interface Snapshot {
  readonly name: string;
  readonly identifier: string;
  readonly cluster: Pick<Cluster, "name" | "port">;
  readonly owner: Place;
  readonly accounts: Set<string>;
}

/** The snapshots of all accounts, by ARN: accounts can restore each other's. */
const snapshotsOf = perWorld(() => new Map<string, Snapshot>());

/** Whether the place owns a snapshot. */
export function isOwn({ owner }: Snapshot, place: Place): boolean {
  return owner.account === place.account && owner.region === place.region;
}

/** The snapshots that a place owns. */
export function ownSnapshots(place: Place): readonly Snapshot[] {
  return [...snapshotsOf(place.world).values()].filter((snapshot) => isOwn(snapshot, place));
}

/** Creates a snapshot. */
export function addSnapshot(place: Place, identifier: string, { name, port }: Cluster): Snapshot {
  const arn = arnOf("redshift", place, `snapshot:${name}/${identifier}`);
  const snapshot: Snapshot = { name: arn, identifier, cluster: { name, port }, owner: place, accounts: new Set() };
  snapshotsOf(place.world).set(arn, snapshot);
  return snapshot;
}

/**
 * The snapshots of an owner that match everything a request states, or of any owner if it states an ARN. `SnapshotClusterIdentifier`
 * narrows the search, as it does in the ARN of an IAM policy.
 */
export function matchingSnapshots(parameters: Parameters, place: Place, owner: string): readonly Snapshot[] {
  const identifier = optional(parameters, "SnapshotIdentifier");
  const arn = optional(parameters, "SnapshotArn");
  const cluster = optional(parameters, "SnapshotClusterIdentifier") ?? optional(parameters, "ClusterIdentifier");
  return [...snapshotsOf(place.world).values()].filter(
    (snapshot) =>
      snapshot.owner.region === place.region &&
      (arn === undefined ? snapshot.owner.account === owner : snapshot.name === arn) &&
      (identifier === undefined || snapshot.identifier === identifier) &&
      (cluster === undefined || snapshot.cluster.name === cluster),
  );
}

/**
 * The own snapshot that a request names, by identifier or ARN. It is not documented that both or neither is an
 * InvalidParameterCombination. If it does not exist, throws ClusterSnapshotNotFound or creates it, with its cluster.
 */
export function findOwnSnapshot(parameters: Parameters, place: Place, createMissing = false): Snapshot {
  if (parameters.has("SnapshotIdentifier") === parameters.has("SnapshotArn")) {
    throw invalidCombination("Specify either SnapshotIdentifier or SnapshotArn.");
  }
  const snapshot = matchingSnapshots(parameters, place, place.account).find((one) => isOwn(one, place));
  if (snapshot !== undefined) return snapshot;
  const { identifier = "", cluster = "emulated" } = createMissing ? nameIn(parameters, place) : {};
  if (identifier === "") throw snapshotNotFound(parameters);
  return addSnapshot(place, identifier, findAvailableCluster(place, cluster));
}

/** ClusterSnapshotNotFound. */
export function snapshotNotFound(parameters: Parameters): QueryError {
  const name = parameters.get("SnapshotIdentifier") ?? parameters.get("SnapshotArn");
  return new QueryError("ClusterSnapshotNotFound", 404, `Snapshot ${name} not found.`);
}

/** "Must contain from 1 to 255 alphanumeric characters or hyphens", in any case (page API_CreateClusterSnapshot). */
export function isSnapshotIdentifier(text: string): boolean {
  return isIdentifier(asciiLowerCase(text), 255);
}

/** The identifier and cluster of the snapshot that a request names; no identifier if it is invalid or the ARN is of another place. */
function nameIn(parameters: Parameters, place: Place): { identifier?: string | undefined; cluster?: string | undefined } {
  const identifier = parameters.get("SnapshotIdentifier");
  if (identifier !== undefined) {
    return { identifier: isSnapshotIdentifier(identifier) ? identifier : undefined, cluster: parameters.get("SnapshotClusterIdentifier") };
  }
  const prefix = arnOf("redshift", place, "snapshot:");
  const arn = parameters.get("SnapshotArn") ?? "";
  const [cluster = "", ...rest] = arn.startsWith(prefix) ? arn.slice(prefix.length).split("/") : [];
  return isSnapshotIdentifier(rest.join("/")) ? { identifier: rest.join("/"), cluster } : {};
}
