import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { redshiftServerless } from "../wire/apis.ts";
import type { Element } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { principalsOf } from "./resource-policies.ts";
import { addSnapshot, policiesOf, type Snapshot, snapshotsOf } from "./snapshot-state.ts";
import { namespacesOf, validationError } from "./workgroup-state.ts";
import { paging } from "./workgroups.ts";

/** Page API_CreateSnapshot. */
const create: Operation = (parameters, place) => {
  const [name = "", namespace = ""] = [parameters.get("snapshotName"), parameters.get("namespaceName")];
  if (name === "") throw validationError("The snapshot has no name.");
  if (!namespacesOf(place).has(namespace)) throw new QueryError("ResourceNotFoundException", 404, `Namespace ${namespace} not found.`);
  if ([...snapshotsOf(place).values()].some((other) => other.name === name))
    throw new QueryError("ConflictException", 409, `Snapshot ${name} already exists.`);
  return [["snapshot", describeSnapshot(addSnapshot(place, name, namespace), place)]];
};

/** Page API_ListSnapshots. */
const listAll: Operation = (parameters, place) => {
  const { items, marker } = pageOf(snapshotsOf(place).values(), parameters, place, paging);
  return [["snapshots", items.map((snapshot): Element => ["member", describeSnapshot(snapshot, place)])], ...marker];
};

/** Redshift Serverless's snapshots. */
export const serverlessSnapshots: ActionGroup = {
  api: redshiftServerless,
  operations: { CreateSnapshot: create, ListSnapshots: listAll },
};

/**
 * Page API_Snapshot. The accounts are those that the snapshot's policy allows; how everyone is shown is not documented, and is left out
 * here. Which action lets an account restore to a cluster (`accountsWithProvisionedRestoreAccess`) is not documented: no account does.
 */
function describeSnapshot({ name, arn, namespace }: Snapshot, place: Place): readonly Element[] {
  const accounts = principalsOf(policiesOf(place).get(arn) ?? "{}").flatMap((principal) => /\d{12}/.exec(principal)?.[0] ?? []);
  return [
    ["snapshotName", name],
    ["snapshotArn", arn],
    ["namespaceName", namespace],
    ["ownerAccount", place.account],
    ["status", "AVAILABLE"],
    ["accountsWithRestoreAccess", accounts.map((account): Element => ["member", account])],
    ["accountsWithProvisionedRestoreAccess", []],
  ];
}
