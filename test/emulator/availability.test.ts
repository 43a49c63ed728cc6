import {
  AuthorizeCacheSecurityGroupIngressCommand,
  CreateCacheSecurityGroupCommand,
  DescribeCacheClustersCommand,
  DescribeCacheSecurityGroupsCommand,
  RevokeCacheSecurityGroupIngressCommand,
} from "@aws-sdk/client-elasticache";
import {
  AuthorizeClusterSecurityGroupIngressCommand,
  CreateClusterSecurityGroupCommand,
  DescribeClusterSecurityGroupsCommand,
  DescribeClustersCommand,
  RevokeClusterSecurityGroupIngressCommand,
} from "@aws-sdk/client-redshift";
import { ListEndpointAccessCommand, ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, redshiftClient, refusalOf, serverlessClient } from "./clients.ts";

test("an account without EC2-Classic has no cache security groups", async () => {
  await using emulator = await startEmulator({ vpcOnly: true });
  const client = elasticacheClient(emulator);
  const group = { CacheSecurityGroupName: "sessions" };
  const ingress = { ...group, EC2SecurityGroupName: "web", EC2SecurityGroupOwnerId: "999988887777" };
  const refusals = await Promise.all([
    refusalOf(client.send(new DescribeCacheSecurityGroupsCommand({}))),
    refusalOf(client.send(new CreateCacheSecurityGroupCommand({ ...group, Description: "x" }))),
    refusalOf(client.send(new AuthorizeCacheSecurityGroupIngressCommand(ingress))),
    refusalOf(client.send(new RevokeCacheSecurityGroupIngressCommand(ingress))),
  ]);
  expect(new Set(refusals)).toEqual(new Set(["InvalidParameterValueException InvalidParameterValue 400"]));
  await expect(client.send(new DescribeCacheSecurityGroupsCommand({}))).rejects.toThrow(
    "Use of cache security groups is not permitted in this API version for your account",
  );
  expect(await refusalOf(client.send(new DescribeCacheClustersCommand({})))).toBe("no error");
});

test("an account without EC2-Classic has no cluster security groups", async () => {
  await using emulator = await startEmulator({ vpcOnly: true });
  const client = redshiftClient(emulator);
  const group = { ClusterSecurityGroupName: "analytics" };
  const refusals = await Promise.all([
    refusalOf(client.send(new DescribeClusterSecurityGroupsCommand({}))),
    refusalOf(client.send(new CreateClusterSecurityGroupCommand({ ...group, Description: "x" }))),
    refusalOf(client.send(new AuthorizeClusterSecurityGroupIngressCommand({ ...group, CIDRIP: "10.0.0.0/8" }))),
    refusalOf(client.send(new RevokeClusterSecurityGroupIngressCommand({ ...group, CIDRIP: "10.0.0.0/8" }))),
  ]);
  expect(new Set(refusals)).toEqual(new Set(["InvalidParameterValue InvalidParameterValue 400"]));
  await expect(client.send(new DescribeClusterSecurityGroupsCommand({}))).rejects.toThrow(
    "VPC-by-Default customers cannot use cluster security groups",
  );
  expect(await refusalOf(client.send(new DescribeClustersCommand({})))).toBe("no error");
});

test("a Region can lack Redshift Serverless", async () => {
  await using emulator = await startEmulator({ regionsWithoutRedshiftServerless: ["ap-northeast-3"] });
  const client = serverlessClient(emulator, { region: "ap-northeast-3" });
  await expect(client.send(new ListWorkgroupsCommand({}))).rejects.toThrow("The Workgroups operation isn't supported.");
  expect(await refusalOf(client.send(new ListEndpointAccessCommand({})))).toBe("ValidationException - 400");
  expect(await refusalOf(redshiftClient(emulator, { region: "ap-northeast-3" }).send(new DescribeClustersCommand({})))).toBe("no error");
  expect(await refusalOf(serverlessClient(emulator).send(new ListWorkgroupsCommand({})))).toBe("no error");
});
