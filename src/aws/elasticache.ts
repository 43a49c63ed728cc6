import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import type { Service } from "./send.ts";

export const elasticache: Service = { name: "elasticache", client: (config) => new ElastiCacheClient(config) };
