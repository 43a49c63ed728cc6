import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { invalidCombination, invalidValue, QueryError } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { optional, type Parameters, required } from "../wire/parameters.ts";
import { describeCluster } from "./cluster-description.ts";
import {
  addSnapshot,
  findOwnSnapshot,
  isOwn,
  isSnapshotIdentifier,
  matchingSnapshots,
  ownSnapshots,
  type Snapshot,
  snapshotNotFound,
} from "./cluster-snapshot-state.ts";
import { createCluster, findAvailableCluster, findCluster } from "./cluster-state.ts";

/** The principal that means AWS Support (page API_AuthorizeSnapshotAccess: "specify amazon-redshift-support"). */
const support = "amazon-redshift-support";

/** "AWS accounts that you can authorize to restore a snapshot, per snapshot" (management guide, amazon-redshift-limits). */
const maxAccounts = 20;

/** Page API_CreateClusterSnapshot. */
const create: Operation = (parameters, place) => {
  const identifier = required(parameters, "SnapshotIdentifier");
  if (!isSnapshotIdentifier(identifier)) {
    throw invalidValue(`The parameter SnapshotIdentifier is not a valid identifier: ${identifier}`);
  }
  const cluster = findAvailableCluster(place, required(parameters, "ClusterIdentifier"));
  const stored = identifier.toLowerCase();
  // "Must be unique for all snapshots within the Amazon Web Services account."
  if (ownSnapshots(place).some((snapshot) => snapshot.identifier === stored)) {
    throw new QueryError("ClusterSnapshotAlreadyExists", 400, `Snapshot ${stored} already exists.`);
  }
  return [describeSnapshot(addSnapshot(place, stored, cluster))];
};

/** Page API_AuthorizeSnapshotAccess. */
const authorize: Operation = (parameters, place) => {
  const account = readAccount(parameters);
  const snapshot = findOwnSnapshot(parameters, place, place.world.settings.createMissing);
  const { accounts } = snapshot;
  if (accounts.has(account)) throw new QueryError("AuthorizationAlreadyExists", 400, `${account} can restore the snapshot already.`);
  if (accounts.size >= maxAccounts) {
    throw new QueryError("AuthorizationQuotaExceeded", 400, `${maxAccounts} accounts can restore the snapshot already.`);
  }
  accounts.add(account);
  return [describeSnapshot(snapshot)];
};

/** Page API_RevokeSnapshotAccess. */
const revoke: Operation = (parameters, place) => {
  const account = readAccount(parameters);
  const snapshot = findOwnSnapshot(parameters, place);
  if (snapshot.accounts.delete(account)) return [describeSnapshot(snapshot)];
  throw new QueryError("AuthorizationNotFound", 404, `${account} cannot restore the snapshot.`);
};

/** Page API_DescribeClusterSnapshots. */
const describe: Operation = (parameters, place) => {
  const owner = optional(parameters, "OwnerAccount") ?? place.account;
  const visible = matchingSnapshots(parameters, place, owner).filter((snapshot) => canRestore(place, snapshot));
  const isNamed = parameters.has("SnapshotIdentifier") || parameters.has("SnapshotArn");
  if (isNamed && visible.length === 0) throw snapshotNotFound(parameters);
  const cluster = optional(parameters, "ClusterIdentifier");
  if (cluster !== undefined && visible.length === 0) findCluster(place, cluster);
  const { items, marker } = pageOf(visible, parameters, place);
  return [...marker, ["Snapshots", items.map(describeSnapshot)]];
};

/** Page API_RestoreFromClusterSnapshot. */
const restore: Operation = (parameters, place) => {
  const name = required(parameters, "ClusterIdentifier");
  const snapshot = snapshotToRestore(parameters, place);
  if (!canRestore(place, snapshot)) {
    throw new QueryError("AccessToSnapshotDenied", 400, "The owner of the snapshot has not authorized your account to access it.");
  }
  return [describeCluster(createCluster(place, name, parameters, snapshot.cluster.port), place, "creating")];
};

/** Here, `ClusterIdentifier` names the new cluster and not that of the snapshot. */
function snapshotToRestore(parameters: Parameters, place: Place): Snapshot {
  const owner = optional(parameters, "OwnerAccount") ?? place.account;
  if (!parameters.has("SnapshotIdentifier") && !parameters.has("SnapshotArn")) {
    throw invalidCombination("Specify either SnapshotIdentifier or SnapshotArn.");
  }
  const [snapshot] = matchingSnapshots(new Map([...parameters].filter(([key]) => key !== "ClusterIdentifier")), place, owner);
  if (snapshot !== undefined) return snapshot;
  if (!place.world.settings.createMissing) throw snapshotNotFound(parameters);
  return findOwnSnapshot(new Map([...parameters].filter(([key]) => key.startsWith("Snapshot"))), place, true);
}

/** Redshift's snapshots. */
export const clusterSnapshots: ActionGroup = {
  api: redshift,
  operations: {
    CreateClusterSnapshot: create,
    AuthorizeSnapshotAccess: authorize,
    RevokeSnapshotAccess: revoke,
    DescribeClusterSnapshots: describe,
    RestoreFromClusterSnapshot: restore,
  },
};

function readAccount(parameters: Parameters): string {
  const account = required(parameters, "AccountWithRestoreAccess");
  if (/^\d{12}$/.test(account) || account === support) return account;
  throw invalidValue(`Invalid account: ${account}`);
}

function canRestore(place: Place, snapshot: Snapshot): boolean {
  return isOwn(snapshot, place) || snapshot.accounts.has(place.account);
}

/** Page API_Snapshot. */
function describeSnapshot({ name, identifier, cluster, owner, accounts }: Snapshot): Element {
  const fields: Element[] = [
    ["SnapshotIdentifier", identifier],
    ["ClusterIdentifier", cluster.name],
    ["Status", "available"],
    ["Port", cluster.port],
    ["SnapshotType", "manual"],
    ["AccountsWithRestoreAccess", [...accounts].map((account): Element => ["AccountWithRestoreAccess", describeAccount(account)])],
    ["OwnerAccount", owner.account],
    ["Tags", []],
    ["SnapshotArn", name],
  ];
  return ["Snapshot", fields];
}

/** "For AWS Support, the identifier is amazon-redshift-support", as AccountAlias (page API_AccountWithRestoreAccess). Its AccountId is not documented. */
function describeAccount(account: string): readonly Element[] {
  return [[account === support ? "AccountAlias" : "AccountId", account]];
}
