import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import type { Service } from "#authorizations/authorization.ts";

export const elasticache: Service = { name: "elasticache", client: (config) => new ElastiCacheClient(config) };
