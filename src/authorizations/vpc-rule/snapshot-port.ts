import { DescribeClusterSnapshotsCommand } from "@aws-sdk/client-redshift";
import { AwsFailure } from "#aws/failure.ts";
import { redshift } from "#aws/redshift.ts";
import type { Send } from "#aws/send.ts";
import { nameOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import { defined } from "./defined.ts";

/**
 * Returns the port of the snapshot that a cluster is restored from. A restore that sets no port keeps it, and DescribeClusters does
 * not show it until the cluster exists. Returns undefined when it cannot be read, and for any other event.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RestoreFromClusterSnapshot.html
 */
export async function portInSnapshot({ eventName, requestParameters }: CloudTrailRecord, send: Send): Promise<number | undefined> {
  const SnapshotIdentifier = nameOf(requestParameters, "snapshotIdentifier");
  const SnapshotArn = nameOf(requestParameters, "snapshotArn");
  if (eventName !== "RestoreFromClusterSnapshot" || (SnapshotIdentifier ?? SnapshotArn) === undefined) return undefined;
  const OwnerAccount = nameOf(requestParameters, "ownerAccount");
  try {
    const command = new DescribeClusterSnapshotsCommand({ SnapshotIdentifier, SnapshotArn, OwnerAccount });
    const { Snapshots } = await send(redshift, command, "Snapshots");
    const [port, ...others] = defined(Snapshots.map(({ Port }) => Port));
    return others.length === 0 ? port : undefined;
  } catch (failure) {
    if (failure instanceof AwsFailure) return undefined;
    throw failure;
  }
}
