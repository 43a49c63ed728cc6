import { randomUUID } from "node:crypto";
import { arnOf } from "../arn.ts";
import { type Place, perPlace } from "../state.ts";

/** A snapshot of a namespace. */
export interface Snapshot {
  /** Unique in its place: pages are sorted by it. */
  readonly name: string;
  readonly arn: string;
  readonly namespace: string;
}

/** The snapshots of a place, by ARN. */
export const snapshotsOf: (place: Place) => Map<string, Snapshot> = perPlace(() => new Map());

/** The resource policies of a place, by the ARN of their resource. */
export const policiesOf: (place: Place) => Map<string, string> = perPlace(() => new Map());

/** Adds a snapshot, by default with a new ARN (resource type `snapshot` of the Service Authorization Reference). */
export function addSnapshot(
  place: Place,
  name: string,
  namespace: string,
  arn: string = arnOf("redshift-serverless", place, `snapshot/${randomUUID()}`),
): Snapshot {
  const snapshot = { name, arn, namespace };
  snapshotsOf(place).set(arn, snapshot);
  return snapshot;
}
