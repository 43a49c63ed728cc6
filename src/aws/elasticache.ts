import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import type { Service } from "./send.ts";

/**
 * The service ElastiCache and its SDK client.
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/Welcome.html
 */
export const elasticache: Service = { name: "elasticache", client: (config) => new ElastiCacheClient(config) };
