import { RedshiftClient } from "@aws-sdk/client-redshift";
import type { Service } from "./send.ts";

/**
 * The service Redshift and its SDK client.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html
 */
export const redshift: Service = { name: "redshift", client: (config) => new RedshiftClient(config) };
