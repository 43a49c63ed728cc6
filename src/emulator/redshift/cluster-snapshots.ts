import { arnOf, type Family, type Operation, type Place, perWorld } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidCombination, invalidValue, optional, type Parameters, QueryError, required } from "../wire/query.ts";
import { type Cluster, describeCluster, openClusters } from "./cluster-state.ts";

/** A snapshot of a cluster, and who may restore it. `name` is its ARN. */
interface Snapshot {
  readonly name: string;
  readonly identifier: string;
  readonly cluster: Pick<Cluster, "name" | "port">;
  readonly owner: Place;
  readonly accounts: Set<string>;
}

/** All snapshots, by ARN: accounts restore each other's. */
const openSnapshots = perWorld(() => new Map<string, Snapshot>());

/** Redshift's snapshots: pages API_CreateClusterSnapshot, API_AuthorizeSnapshotAccess, API_RestoreFromClusterSnapshot and their neighbours. */
export const clusterSnapshots: Family = {
  api: redshift,
  open(place, world) {
    const all = openSnapshots(world);
    const clusters = openClusters(place, world);
    const isOwn = ({ owner }: Snapshot): boolean => owner.account === place.account && owner.region === place.region;

    const add = (identifier: string, cluster: Pick<Cluster, "name" | "port">): Snapshot => {
      const name = arnOf("redshift", place, `snapshot:${cluster.name}/${identifier}`);
      const snapshot: Snapshot = { name, identifier, cluster, owner: place, accounts: new Set() };
      all.set(name, snapshot);
      return snapshot;
    };

    /** Snapshots fit by all that is told of them: `SnapshotClusterIdentifier` narrows down as in the ARN of a policy. */
    const fitting = (parameters: Parameters, owner: string): readonly Snapshot[] => {
      const identifier = optional(parameters, "SnapshotIdentifier");
      const arn = optional(parameters, "SnapshotArn");
      const cluster = optional(parameters, "SnapshotClusterIdentifier") ?? optional(parameters, "ClusterIdentifier");
      return [...all.values()].filter(
        (snapshot) =>
          snapshot.owner.region === place.region &&
          (arn === undefined ? snapshot.owner.account === owner : snapshot.name === arn) &&
          (identifier === undefined || snapshot.identifier === identifier) &&
          (cluster === undefined || snapshot.cluster.name === cluster),
      );
    };

    /** An own snapshot that is named, in one of two ways; that both or neither is an InvalidParameterCombination is not documented. */
    const named = (parameters: Parameters, createMissing = false): Snapshot => {
      if (parameters.has("SnapshotIdentifier") === parameters.has("SnapshotArn")) {
        throw invalidCombination("Specify either SnapshotIdentifier or SnapshotArn.");
      }
      const [snapshot] = fitting(parameters, place.account).filter(isOwn);
      if (snapshot !== undefined) return snapshot;
      const { identifier = "", cluster = "emulated" } = createMissing ? partsOf(parameters, place) : {};
      if (identifier === "") throw notFound(parameters);
      return add(identifier, clusters.findAvailable(cluster));
    };

    const readAccount = (parameters: Parameters): string => {
      const account = required(parameters, "AccountWithRestoreAccess");
      if (/^\d{12}$/.test(account) || account === support) return account;
      throw invalidValue(`Invalid account: ${account}`);
    };

    return new Map<string, Operation>([
      [
        "CreateClusterSnapshot",
        (parameters) => {
          const identifier = required(parameters, "SnapshotIdentifier");
          // "1 to 255 alphanumeric characters or hyphens"; stored in lower case.
          if (!isIdentifier(identifier)) throw invalidValue(`The parameter SnapshotIdentifier is not a valid identifier: ${identifier}`);
          const cluster = clusters.findAvailable(required(parameters, "ClusterIdentifier"));
          const stored = identifier.toLowerCase();
          // "Must be unique for all snapshots within the Amazon Web Services account."
          if ([...all.values()].some((snapshot) => isOwn(snapshot) && snapshot.identifier === stored)) {
            throw new QueryError("ClusterSnapshotAlreadyExists", 400, `Snapshot ${stored} already exists.`);
          }
          return describe(add(stored, cluster));
        },
      ],
      [
        "AuthorizeSnapshotAccess",
        (parameters) => {
          const account = readAccount(parameters);
          const snapshot = named(parameters, world.settings.createMissing);
          const { accounts } = snapshot;
          if (accounts.has(account))
            throw new QueryError("AuthorizationAlreadyExists", 400, `${account} can restore the snapshot already.`);
          // "AWS accounts that you can authorize to restore a snapshot, per snapshot": 20 (management guide, amazon-redshift-limits).
          if (accounts.size >= 20) throw new QueryError("AuthorizationQuotaExceeded", 400, "20 accounts can restore the snapshot already.");
          accounts.add(account);
          return describe(snapshot);
        },
      ],
      [
        "RevokeSnapshotAccess",
        (parameters) => {
          const account = readAccount(parameters);
          const snapshot = named(parameters);
          if (snapshot.accounts.delete(account)) return describe(snapshot);
          throw new QueryError("AuthorizationNotFound", 404, `${account} cannot restore the snapshot.`);
        },
      ],
      [
        "DescribeClusterSnapshots",
        (parameters) => {
          const owner = optional(parameters, "OwnerAccount") ?? place.account;
          const visible = fitting(parameters, owner).filter((snapshot) => isOwn(snapshot) || snapshot.accounts.has(place.account));
          const isNamed = parameters.has("SnapshotIdentifier") || parameters.has("SnapshotArn");
          if (isNamed && visible.length === 0) throw notFound(parameters);
          const cluster = optional(parameters, "ClusterIdentifier");
          if (cluster !== undefined && visible.length === 0) clusters.find(cluster);
          const { items, marker } = pageOf(visible, parameters, world.settings);
          return [...marker, ["Snapshots", items.flatMap(describe)]];
        },
      ],
      [
        "RestoreFromClusterSnapshot",
        (parameters) => {
          const name = required(parameters, "ClusterIdentifier");
          const owner = optional(parameters, "OwnerAccount") ?? place.account;
          if (!parameters.has("SnapshotIdentifier") && !parameters.has("SnapshotArn")) {
            throw invalidCombination("Specify either SnapshotIdentifier or SnapshotArn.");
          }
          const [snapshot] = fitting(new Map([...parameters].filter(([key]) => key !== "ClusterIdentifier")), owner);
          const source = snapshot ?? (world.settings.createMissing ? named(snapshotOf(parameters), true) : undefined);
          if (source === undefined) throw notFound(parameters);
          if (!isOwn(source) && !source.accounts.has(place.account)) {
            throw new QueryError("AccessToSnapshotDenied", 400, "The owner of the snapshot has not authorized your account to access it.");
          }
          return [["Cluster", describeCluster(clusters.create(name, parameters, source.cluster.port), place, "creating")]];
        },
      ],
    ]);
  },
};

/** The principal that stands for AWS Support ("specify amazon-redshift-support"). */
const support = "amazon-redshift-support";

function notFound(parameters: Parameters): QueryError {
  const name = parameters.get("SnapshotIdentifier") ?? parameters.get("SnapshotArn");
  return new QueryError("ClusterSnapshotNotFound", 404, `Snapshot ${name} not found.`);
}

function isIdentifier(text: string): boolean {
  return /^[a-z](-?[a-z0-9])*$/i.test(text) && text.length <= 255;
}

/** Which snapshot a request wants to exist: none, if it could not be one of the place's own. */
function partsOf(parameters: Parameters, place: Place): { identifier?: string; cluster?: string } {
  const identifier = parameters.get("SnapshotIdentifier");
  const cluster = parameters.get("SnapshotClusterIdentifier");
  if (identifier !== undefined)
    return { ...(isIdentifier(identifier) ? { identifier } : {}), ...(cluster === undefined ? {} : { cluster }) };
  const own = arnOf("redshift", place, "snapshot:");
  const arn = parameters.get("SnapshotArn") ?? "";
  const [name = "", ...rest] = arn.startsWith(own) ? arn.slice(own.length).split("/") : [];
  return isIdentifier(rest.join("/")) ? { identifier: rest.join("/"), cluster: name } : {};
}

function snapshotOf(parameters: Parameters): Parameters {
  return new Map([...parameters].filter(([name]) => name.startsWith("Snapshot")));
}

/** Page API_Snapshot. */
function describe({ name, identifier, cluster, owner, accounts }: Snapshot): Element[] {
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
  return [["Snapshot", fields]];
}

/** "For AWS Support, the identifier is amazon-redshift-support", as AccountAlias (page API_AccountWithRestoreAccess); which AccountId it has beside that is not told. */
function describeAccount(account: string): Element[] {
  return [[account === support ? "AccountAlias" : "AccountId", account]];
}
