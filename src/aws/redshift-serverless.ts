import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import type { Service } from "./send.ts";

export const redshiftServerless: Service = { name: "redshift-serverless", client: (config) => new RedshiftServerlessClient(config) };
