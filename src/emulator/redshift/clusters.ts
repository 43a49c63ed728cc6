import type { ActionGroup, Operation } from "../operation.ts";
import { statusOf } from "../shared/store-status.ts";
import { redshift } from "../wire/apis.ts";
import { invalidCombination, QueryError } from "../wire/errors.ts";
import { namedOrPage } from "../wire/paging.ts";
import { boolean, optional, required } from "../wire/parameters.ts";
import { describeCluster } from "./cluster-description.ts";
import {
  clustersOf,
  createCluster,
  deleteCluster,
  findAvailableCluster,
  findCluster,
  modifyCluster,
  pauseOrResume,
} from "./cluster-state.ts";

/** Page API_CreateCluster. */
const create: Operation = (parameters, place) => {
  for (const name of ["NodeType", "MasterUsername"]) required(parameters, name);
  const cluster = createCluster(place, required(parameters, "ClusterIdentifier"), parameters);
  return [describeCluster(cluster, place, "creating")];
};

/** Page API_ModifyCluster. */
const modify: Operation = (parameters, place) => {
  const cluster = findAvailableCluster(place, required(parameters, "ClusterIdentifier"));
  return [describeCluster(modifyCluster(place, cluster, parameters), place, "modifying")];
};

/** Pages API_PauseCluster and API_ResumeCluster. Page API_Cluster lists the status `paused`; those on the way there are assumed. */
const pause: Operation = (parameters, place) => [
  describeCluster(pauseOrResume(place, required(parameters, "ClusterIdentifier"), "pausing"), place, "pausing"),
];
const resume: Operation = (parameters, place) => [
  describeCluster(pauseOrResume(place, required(parameters, "ClusterIdentifier"), "resuming"), place, "resuming"),
];

/** Page API_DeleteCluster. Final snapshots are not kept. */
const remove: Operation = (parameters, place) => {
  const name = required(parameters, "ClusterIdentifier");
  // "FinalClusterSnapshotIdentifier … must be specified if SkipFinalClusterSnapshot is false", its default.
  if (boolean(parameters, "SkipFinalClusterSnapshot") !== true && !parameters.has("FinalClusterSnapshotIdentifier")) {
    throw invalidCombination("FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.");
  }
  const cluster = findCluster(place, name);
  // Nor is a paused one deleted (github.com/apache/airflow/pull/68922).
  if (statusOf(cluster) !== "available") throw new QueryError("InvalidClusterState", 400, `The cluster ${name} is not available.`);
  deleteCluster(place, cluster);
  return [describeCluster(cluster, place, "deleting")];
};

/** Page API_DescribeClusters. */
const describe: Operation = (parameters, place) => {
  const name = optional(parameters, "ClusterIdentifier");
  const named = name === undefined ? undefined : findCluster(place, name);
  const { items, marker } = namedOrPage(named, clustersOf(place).values(), parameters, place);
  return [...marker, ["Clusters", items.map((cluster) => describeCluster(cluster, place))]];
};

/** Redshift's clusters. */
export const clusters: ActionGroup = {
  api: redshift,
  operations: {
    CreateCluster: create,
    ModifyCluster: modify,
    PauseCluster: pause,
    ResumeCluster: resume,
    DeleteCluster: remove,
    DescribeClusters: describe,
  },
};
