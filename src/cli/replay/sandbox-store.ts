import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand } from "@aws-sdk/client-redshift";
import { CreateWorkgroupCommand } from "@aws-sdk/client-redshift-serverless";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";
import type { Store } from "#domain/grant.ts";

/**
 * Creates a store of the service and name in the emulator, with security groups attached. Its engine and size do not affect decisions.
 * Throws an AwsFailure.
 */
export async function makeStore({ service, resource }: Store, groups: string[], send: Send): Promise<void> {
  switch (service) {
    case "elasticache": {
      const form = { CacheClusterId: resource, Engine: "valkey", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1 };
      await send(elasticache, new CreateCacheClusterCommand({ ...form, SecurityGroupIds: groups }), "CacheCluster");
      break;
    }
    case "redshift": {
      const form = { ClusterIdentifier: resource, NodeType: "ra3.large", MasterUsername: "replay", MasterUserPassword: "Replay-0nly" };
      await send(redshift, new CreateClusterCommand({ ...form, VpcSecurityGroupIds: groups }), "Cluster");
      break;
    }
    case "redshift-serverless": {
      const form = { workgroupName: resource, namespaceName: resource, securityGroupIds: groups };
      await send(redshiftServerless, new CreateWorkgroupCommand(form), "workgroup");
      break;
    }
    default:
      throw new TypeError(`Cannot create a store of ${service}`);
  }
}
