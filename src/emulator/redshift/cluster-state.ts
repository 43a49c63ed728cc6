import { randomUUID } from "node:crypto";
import { openNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { type Guard, guardFor } from "../shared/store-groups.ts";
import { arnOf, type Place, perPlace, settlesAt, type World } from "../state.ts";
import {
  type Element,
  elements,
  flag,
  invalidCombination,
  invalidValue,
  list,
  type Parameters,
  QueryError,
  text,
  whole,
} from "../wire/query.ts";

/** A Redshift cluster. */
export interface Cluster {
  readonly name: string;
  readonly namespaceArn: string;
  readonly settlesAt: number;
  readonly settled: "creating" | "modifying";
  readonly port: number;
  readonly isPublic: boolean;
  readonly guard: Guard;
}

/** The clusters of one place. */
interface Clusters {
  readonly all: ReadonlyMap<string, Cluster>;
  find(name: string): Cluster;
  /** The cluster when nothing is under way with it: "not in the available state" otherwise. Made if missing things are made. */
  findAvailable(name: string): Cluster;
  create(name: string, parameters: Parameters, port?: number): Cluster;
  modify(cluster: Cluster, parameters: Parameters): Cluster;
  remove(name: string): Cluster;
}

/** Opens the clusters of one place. */
export const openClusters: (place: Place, world: World) => Clusters = perPlace((place, world) => {
  const all = new Map<string, Cluster>();
  const networkInterfaces = openNetworkInterfaces(place, world);

  const find = (name: string): Cluster => {
    const cluster = all.get(name);
    if (cluster === undefined) throw new QueryError("ClusterNotFound", 404, `Cluster ${name} not found.`);
    return cluster;
  };

  const set = (before: Pick<Cluster, "name" | "namespaceArn" | "settled" | "port" | "isPublic">, parameters: Parameters): Cluster => {
    const { name, namespaceArn, settled } = before;
    const port = whole(parameters, "Port") ?? before.port;
    if (port < 1150 || port > 65535) throw invalidValue(`Invalid port: ${port}`);
    const isPublic = flag(parameters, "PubliclyAccessible") ?? before.isPublic;
    const ownGroups = list(parameters, "ClusterSecurityGroups.ClusterSecurityGroupName");
    const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
    if (ownGroups.length > 0 && groupIds.length > 0) {
      throw invalidCombination("Cluster security groups and VPC security groups cannot be specified together.");
    }
    const owner = `cluster:${name}`;
    const attachment = { owner, description: "RedshiftNetworkInterface", type: "interface", requester: "amazon-redshift" } as const;
    const guard = guardFor(all.get(name)?.guard, {
      ownGroups,
      groupIds,
      // Which code an unknown VPC security group has is not documented; this one all Query services share.
      attach: (ids) => networkInterfaces.attach({ ...attachment, groupIds: ids }, invalidValue),
      detach: () => networkInterfaces.detach(owner),
    });
    const cluster = { name, namespaceArn, settled, port, isPublic, guard, settlesAt: settlesAt(world) };
    all.set(name, cluster);
    return cluster;
  };

  const create: Clusters["create"] = (name, parameters, port = 5439) => {
    checkName(name);
    if (all.has(name)) throw new QueryError("ClusterAlreadyExists", 400, `Cluster ${name} already exists.`);
    return set(
      { name, namespaceArn: arnOf("redshift", place, `namespace:${randomUUID()}`), settled: "creating", port, isPublic: false },
      parameters,
    );
  };

  return {
    all,
    find,
    create,
    findAvailable(name) {
      if (world.settings.createMissing && !all.has(name)) {
        const made = { ...create(name, new Map()), settlesAt: 0 };
        all.set(name, made);
        return made;
      }
      const cluster = find(name);
      if (statusOf(cluster) === "available") return cluster;
      throw new QueryError("InvalidClusterState", 400, `The cluster ${name} is not in the available state.`);
    },
    modify: (cluster, parameters) => set({ ...cluster, settled: "modifying" }, parameters),
    remove(name) {
      const cluster = find(name);
      all.delete(name);
      networkInterfaces.detach(`cluster:${name}`);
      return cluster;
    },
  };
});

/** A change is answered at once and takes effect when it settles. */
export function statusOf({ settlesAt, settled }: Cluster): string {
  return settlesAt > performance.now() ? settled : "available";
}

/** Page API_Cluster. The endpoint is there once the cluster is made. */
export function describeCluster(cluster: Cluster, { account, region }: Place, status: string = statusOf(cluster)): readonly Element[] {
  const { name, port, isPublic, guard, namespaceArn } = cluster;
  const address = `${name}.${account}.${region}.redshift.amazonaws.com`;
  const membership = (noun: string, field: string, names: readonly string[]): Element[] =>
    names.map((value) => [noun, elements({ [field]: value, Status: "active" })]);
  return [
    ["ClusterIdentifier", name],
    ["NodeType", "ra3.large"],
    ["ClusterStatus", status],
    ["ClusterAvailabilityStatus", status === "available" ? "Available" : "Modifying"],
    ["MasterUsername", "emulated"],
    ["DBName", "dev"],
    ...(status === "creating" ? [] : [["Endpoint", elements({ Address: address, Port: port })] as const]),
    ["ClusterSecurityGroups", membership("ClusterSecurityGroup", "ClusterSecurityGroupName", guard.ownGroups)],
    ["VpcSecurityGroups", membership("VpcSecurityGroup", "VpcSecurityGroupId", guard.networkInterface?.groupIds ?? [])],
    ...text("VpcId", guard.networkInterface?.vpcId),
    ["PubliclyAccessible", isPublic],
    ["Tags", []],
    ["ClusterNamespaceArn", namespaceArn],
  ];
}

/** "1 to 63 alphanumeric characters or hyphens", in lower case, a letter first, no hyphen last and none twice. */
function checkName(name: string): void {
  if (/^[a-z](-?[a-z0-9])*$/.test(name) && name.length <= 63) return;
  throw invalidValue(`The parameter ClusterIdentifier is not a valid identifier: ${name}`);
}
