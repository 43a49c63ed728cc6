import { DescribeClusterSnapshotsCommand } from "@aws-sdk/client-redshift";
import { AwsFailure } from "#aws/failure.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { nameOf } from "#cloudtrail/fields.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";

/**
 * Returns the port of the snapshot that a cluster is restored from, or why it cannot be read. A restore that sets no port keeps
 * it, and DescribeClusters does not show it until the cluster exists. Returns neither for any other event.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RestoreFromClusterSnapshot.html
 */
export async function portInSnapshot(
  { eventName, requestParameters }: CloudTrailRecord,
  send: Send,
): Promise<{ readonly port?: number; readonly problem?: Error }> {
  if (eventName !== "RestoreFromClusterSnapshot") return {};
  const snapshot = {
    SnapshotIdentifier: nameOf(requestParameters, "snapshotIdentifier"),
    SnapshotArn: nameOf(requestParameters, "snapshotArn"),
    OwnerAccount: nameOf(requestParameters, "ownerAccount"),
  };
  let why = "the event names no snapshot";
  if (snapshot.SnapshotIdentifier !== undefined || snapshot.SnapshotArn !== undefined)
    try {
      const { Snapshots } = await send(redshift, new DescribeClusterSnapshotsCommand(snapshot), "Snapshots");
      const ports = new Set(Snapshots.map(({ Port }) => Port));
      const [port] = ports;
      if (port !== undefined && ports.size === 1) return { port };
      why = "its snapshot shows no port";
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      why = failure.message;
    }
  return { problem: new EventError(`The port of a restored cluster cannot be read yet (${why})`) };
}
