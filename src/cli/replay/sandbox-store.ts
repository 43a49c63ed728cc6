import { CreateCacheClusterCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import { CreateClusterCommand, CreateEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { CreateWorkgroupCommand, CreateEndpointAccessCommand as CreateWorkgroupEndpointCommand } from "@aws-sdk/client-redshift-serverless";
import type { NamedStore } from "#authorizations/event.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";

const memcachedPort = 11_211;

/** A store to create, with its port if that is known. */
export interface MadeStore extends NamedStore {
  readonly port?: number;
}

/**
 * Creates a store of the kind and name in the emulator, with security groups attached. Its size does not affect decisions, nor does its
 * engine, apart from the port. For an endpoint, the store that it leads to is created, too. Throws an AwsFailure.
 */
export async function makeStore({ kind, resource, endpoint = "", port }: MadeStore, groups: string[], send: Send): Promise<void> {
  // The ports of serverless caches cannot be chosen: they tell the engine.
  const Engine = port === memcachedPort ? "memcached" : "valkey";
  const make = {
    async cache() {
      const form = { CacheClusterId: resource, Engine, CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1, Port: port };
      await send(elasticache, new CreateCacheClusterCommand({ ...form, SecurityGroupIds: groups }), "CacheCluster");
    },
    async serverlessCache() {
      const form = { ServerlessCacheName: resource, Engine, SecurityGroupIds: groups };
      await send(elasticache, new CreateServerlessCacheCommand(form), "ServerlessCache");
    },
    async cluster() {
      const form = { ClusterIdentifier: resource, NodeType: "ra3.large", MasterUsername: "replay", MasterUserPassword: "Replay-0nly" };
      await send(redshift, new CreateClusterCommand({ ...form, Port: port, VpcSecurityGroupIds: groups }), "Cluster");
    },
    async workgroup() {
      const form = { workgroupName: resource, namespaceName: resource, port, securityGroupIds: groups };
      await send(redshiftServerless, new CreateWorkgroupCommand(form), "workgroup");
    },
    async clusterEndpoint() {
      await makeStore({ kind: "cluster", service: "redshift", resource, ...(port && { port }) }, [], send);
      const form = { EndpointName: endpoint, ClusterIdentifier: resource, SubnetGroupName: "replay" };
      await send(redshift, new CreateEndpointAccessCommand({ ...form, VpcSecurityGroupIds: groups }), "EndpointName");
    },
    async workgroupEndpoint() {
      await makeStore({ kind: "workgroup", service: "redshift-serverless", resource, ...(port && { port }) }, [], send);
      const form = { endpointName: endpoint, workgroupName: resource, subnetIds: ["subnet-0"] };
      await send(redshiftServerless, new CreateWorkgroupEndpointCommand({ ...form, vpcSecurityGroupIds: groups }), "endpoint");
    },
  };
  await make[kind]();
}
