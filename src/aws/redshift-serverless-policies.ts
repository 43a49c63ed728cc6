/** What reads resource policies. The bundle has it in a chunk of its own, so that a function loads it only to read one. */
export { GetResourcePolicyCommand, ListSnapshotsCommand } from "@aws-sdk/client-redshift-serverless";
export { redshiftServerless } from "./redshift-serverless.ts";
