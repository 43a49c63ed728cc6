import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import type { Service } from "./send.ts";

/**
 * The service Redshift Serverless and its SDK client.
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
 */
export const redshiftServerless: Service = { name: "redshift-serverless", client: (config) => new RedshiftServerlessClient(config) };
