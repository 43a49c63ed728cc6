import { CreateCacheClusterCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, CreateEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { CreateWorkgroupCommand, CreateEndpointAccessCommand as CreateWorkgroupEndpointCommand } from "@aws-sdk/client-redshift-serverless";
import type { NamedStore } from "#authorizations/event.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";

/**
 * Creates a store of the kind and name in the emulator, with security groups attached. Its engine and size do not affect decisions. For
 * an endpoint, the emulator also creates the store that it leads to.
 * Throws an AwsFailure.
 */
export async function makeStore({ kind, resource, endpoint = "" }: NamedStore, groups: string[], send: Send): Promise<void> {
  const make = {
    async cache() {
      const form = { CacheClusterId: resource, Engine: "valkey", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1 };
      await send(elasticache, new CreateCacheClusterCommand({ ...form, SecurityGroupIds: groups }), "CacheCluster");
    },
    async serverlessCache() {
      const form = { ServerlessCacheName: resource, Engine: "valkey", SecurityGroupIds: groups };
      await send(elasticache, new CreateServerlessCacheCommand(form), "ServerlessCache");
    },
    async cluster() {
      const form = { ClusterIdentifier: resource, NodeType: "ra3.large", MasterUsername: "replay", MasterUserPassword: "Replay-0nly" };
      await send(redshift, new CreateClusterCommand({ ...form, VpcSecurityGroupIds: groups }), "Cluster");
    },
    async workgroup() {
      const form = { workgroupName: resource, namespaceName: resource, securityGroupIds: groups };
      await send(redshiftServerless, new CreateWorkgroupCommand(form), "workgroup");
    },
    async clusterEndpoint() {
      const form = { EndpointName: endpoint, ClusterIdentifier: resource, SubnetGroupName: "replay" };
      await send(redshift, new CreateEndpointAccessCommand({ ...form, VpcSecurityGroupIds: groups }), "EndpointName");
    },
    async workgroupEndpoint() {
      const form = { endpointName: endpoint, workgroupName: resource, subnetIds: ["subnet-0"] };
      await send(redshiftServerless, new CreateWorkgroupEndpointCommand({ ...form, vpcSecurityGroupIds: groups }), "endpoint");
    },
  };
  await make[kind]();
}
