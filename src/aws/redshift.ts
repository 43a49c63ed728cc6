import { RedshiftClient } from "@aws-sdk/client-redshift";
import type { Service } from "./send.ts";

export const redshift: Service = { name: "redshift", client: (config) => new RedshiftClient(config) };
