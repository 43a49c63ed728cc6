import type { Family, Operation } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, flag, invalidCombination, optional, QueryError, required } from "../wire/query.ts";
import { type Cluster, describeCluster, openClusters, statusOf } from "./cluster-state.ts";

/** Redshift's clusters: pages API_CreateCluster, API_ModifyCluster, API_DescribeClusters and API_DeleteCluster. Final snapshots are not kept. */
export const clusters: Family = {
  api: redshift,
  open(place, world) {
    const state = openClusters(place, world);
    const result = (cluster: Cluster, status?: string): Element[] => [["Cluster", describeCluster(cluster, place, status)]];

    return new Map<string, Operation>([
      [
        "CreateCluster",
        (parameters) => {
          for (const name of ["NodeType", "MasterUsername"]) required(parameters, name);
          return result(state.create(required(parameters, "ClusterIdentifier"), parameters), "creating");
        },
      ],
      [
        "ModifyCluster",
        (parameters) => result(state.modify(state.findAvailable(required(parameters, "ClusterIdentifier")), parameters), "modifying"),
      ],
      [
        "DeleteCluster",
        (parameters) => {
          const name = required(parameters, "ClusterIdentifier");
          // "Set to false (the default) … FinalClusterSnapshotIdentifier must be specified."
          if (flag(parameters, "SkipFinalClusterSnapshot") !== true && !parameters.has("FinalClusterSnapshotIdentifier")) {
            throw invalidCombination("FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.");
          }
          const cluster = state.find(name);
          if (statusOf(cluster) !== "available") throw new QueryError("InvalidClusterState", 400, `The cluster ${name} is not available.`);
          return result(state.remove(name), "deleting");
        },
      ],
      [
        "DescribeClusters",
        (parameters) => {
          const name = optional(parameters, "ClusterIdentifier");
          const { items, marker } =
            name === undefined ? pageOf(state.all.values(), parameters, world.settings) : { items: [state.find(name)], marker: [] };
          return [...marker, ["Clusters", items.flatMap((cluster) => result(cluster))]];
        },
      ],
    ]);
  },
};
