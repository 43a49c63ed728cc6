import { CreateCacheClusterCommand, CreateReplicationGroupCommand, CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import {
  AuthorizeEndpointAccessCommand,
  CreateClusterCommand,
  CreateEndpointAccessCommand,
  PauseClusterCommand,
} from "@aws-sdk/client-redshift";
import {
  CreateNamespaceCommand,
  CreateWorkgroupCommand,
  CreateEndpointAccessCommand as CreateWorkgroupEndpointCommand,
} from "@aws-sdk/client-redshift-serverless";
import type { Emulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, redshiftClient, serverlessClient } from "../emulator/clients.ts";
import type { Envelope } from "../support/events.ts";
import { home } from "../support/grants.ts";
import { vpcEvent } from "../support/vpc-events.ts";
import { type GeneratedStore, strangers } from "./generated-accounts.ts";

/** The emulator, and clients of it: those of the account, and one of the stranger's. */
export interface Clients {
  readonly emulator: Emulator;
  readonly ec2: ReturnType<typeof ec2Client>;
  readonly elasticache: ReturnType<typeof elasticacheClient>;
  readonly redshift: ReturnType<typeof redshiftClient>;
  readonly serverless: ReturnType<typeof serverlessClient>;
  readonly theirs: ReturnType<typeof redshiftClient>;
}

/** Creates them. */
export function clientsOf(emulator: Emulator): Clients {
  return {
    emulator,
    ec2: ec2Client(emulator),
    elasticache: elasticacheClient(emulator),
    redshift: redshiftClient(emulator),
    serverless: serverlessClient(emulator),
    theirs: redshiftClient(emulator, { account: strangers[0] }),
  };
}

const node = { Engine: "redis", CacheNodeType: "cache.t4g.micro" };
const login = { NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Secret123" };

/** Makes a store behind groups, and returns the event of the call that attached them last. */
export async function makeStore(
  { kind, name, port: Port, isPaused }: GeneratedStore,
  groups: string[],
  { elasticache, redshift, serverless, theirs }: Clients,
): Promise<Envelope> {
  async function workgroup(workgroupName: string, securityGroupIds: string[], wanted: number | undefined) {
    const namespaceName = workgroupName;
    // Redshift Serverless accepts 5431 to 5455 and 8191 to 8215.
    const port = wanted === 6379 ? 5440 : wanted;
    await serverless.send(new CreateNamespaceCommand({ namespaceName }));
    await serverless.send(new CreateWorkgroupCommand({ workgroupName, namespaceName, securityGroupIds, port }));
  }

  switch (kind) {
    case "cache":
      await elasticache.send(
        new CreateCacheClusterCommand({ ...node, CacheClusterId: name, NumCacheNodes: 1, Port, SecurityGroupIds: groups }),
      );
      return vpcEvent("ModifyCacheCluster", { cacheClusterId: name, securityGroupIds: groups }, null, "elasticache");
    case "replicationGroup": {
      const form = { ...node, ReplicationGroupId: name, ReplicationGroupDescription: "-", NumCacheClusters: 2, Port };
      await elasticache.send(new CreateReplicationGroupCommand({ ...form, SecurityGroupIds: groups }));
      return vpcEvent("ModifyReplicationGroup", { replicationGroupId: name, securityGroupIds: groups }, null, "elasticache");
    }
    case "serverlessCache":
      await elasticache.send(new CreateServerlessCacheCommand({ ServerlessCacheName: name, Engine: "valkey", SecurityGroupIds: groups }));
      return vpcEvent("ModifyServerlessCache", { serverlessCacheName: name, securityGroupIds: groups }, null, "elasticache");
    case "cluster":
      await redshift.send(new CreateClusterCommand({ ...login, ClusterIdentifier: name, Port, VpcSecurityGroupIds: groups }));
      if (isPaused) await redshift.send(new PauseClusterCommand({ ClusterIdentifier: name }));
      return vpcEvent("ModifyCluster", { clusterIdentifier: name, vpcSecurityGroupIds: groups }, null, "redshift");
    case "workgroup":
      await workgroup(name, groups, Port);
      return vpcEvent("UpdateWorkgroup", { workgroupName: name, securityGroupIds: groups }, null, "redshift-serverless");
    case "clusterEndpoint": {
      await redshift.send(
        new CreateClusterCommand({ ...login, ClusterIdentifier: `${name}-home`, Port, VpcSecurityGroupIds: groups.slice(0, 1) }),
      );
      const endpoint = { EndpointName: name, ClusterIdentifier: `${name}-home`, SubnetGroupName: "own" };
      await redshift.send(new CreateEndpointAccessCommand({ ...endpoint, VpcSecurityGroupIds: groups }));
      return vpcEvent("ModifyEndpointAccess", { endpointName: name, vpcSecurityGroupIds: groups }, null, "redshift");
    }
    case "workgroupEndpoint": {
      await workgroup(`${name}-home`, groups.slice(0, 1), Port);
      const endpoint = { endpointName: name, workgroupName: `${name}-home`, subnetIds: ["subnet-1"] };
      await serverless.send(new CreateWorkgroupEndpointCommand({ ...endpoint, vpcSecurityGroupIds: groups }));
      return vpcEvent("UpdateEndpointAccess", { endpointName: name, vpcSecurityGroupIds: groups }, null, "redshift-serverless");
    }
    case "foreignEndpoint": {
      // The cluster of another account, which chose its name.
      const ClusterIdentifier = name;
      await theirs.send(new CreateClusterCommand({ ...login, ClusterIdentifier, Port }));
      await theirs.send(new AuthorizeEndpointAccessCommand({ ClusterIdentifier, Account: home.account }));
      const endpoint = { EndpointName: name, ClusterIdentifier, ResourceOwner: strangers[0], SubnetGroupName: "own" };
      await redshift.send(new CreateEndpointAccessCommand({ ...endpoint, VpcSecurityGroupIds: groups }));
      return vpcEvent("ModifyEndpointAccess", { endpointName: name, vpcSecurityGroupIds: groups }, null, "redshift");
    }
  }
}
