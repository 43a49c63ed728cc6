// A first version of such a function: whole packages, both clients made at init, an allow list.
import { Logger } from "@aws-lambda-powertools/logger";
import { ElastiCacheClient, RevokeCacheSecurityGroupIngressCommand } from "@aws-sdk/client-elasticache";
import { RedshiftClient, RevokeClusterSecurityGroupIngressCommand } from "@aws-sdk/client-redshift";
import { isPermitted } from "./allow-list.mjs";

const logger = new Logger({ serviceName: "naive" });
const elasticache = new ElastiCacheClient({});
const redshift = new RedshiftClient({});

export const handler = async (event, context) => {
  logger.addContext(context);
  const { eventName, requestParameters: asked } = event.detail;
  if (isPermitted(asked)) {
    logger.info("permitted", { outcome: { result: "permitted", eventName, asked } });
    return;
  }
  if (eventName === "AuthorizeCacheSecurityGroupIngress") {
    await elasticache.send(
      new RevokeCacheSecurityGroupIngressCommand({
        CacheSecurityGroupName: asked.cacheSecurityGroupName,
        EC2SecurityGroupName: asked.eC2SecurityGroupName,
        EC2SecurityGroupOwnerId: asked.eC2SecurityGroupOwnerId,
      }),
    );
  } else {
    await redshift.send(
      new RevokeClusterSecurityGroupIngressCommand({ ClusterSecurityGroupName: asked.clusterSecurityGroupName, CIDRIP: asked.cIDRIP }),
    );
  }
  logger.warn("revoked", { outcome: { result: "revoked", eventName, asked } });
};
