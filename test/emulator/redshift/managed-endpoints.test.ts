import { CreateSecurityGroupCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
  AuthorizeEndpointAccessCommand as Authorize,
  CreateEndpointAccessCommand as Create,
  CreateClusterCommand,
  DeleteEndpointAccessCommand as Delete,
  DescribeEndpointAccessCommand as Describe,
  ModifyEndpointAccessCommand as Modify,
  paginateDescribeEndpointAccess,
  type RedshiftClient,
} from "@aws-sdk/client-redshift";
import { expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, redshiftClient, refusalOf } from "../clients.ts";

const owner = "123456789012";
const Account = "210987654321";
const ClusterIdentifier = "sales";
const form = { EndpointName: "reports", SubnetGroupName: "own", ClusterIdentifier };

async function withCluster(emulator: Emulator, more: { Port?: number } = {}): Promise<RedshiftClient> {
  const client = redshiftClient(emulator);
  await client.send(new CreateClusterCommand({ ClusterIdentifier, NodeType: "ra3.large", MasterUsername: "admin", ...more }));
  return client;
}

async function group(emulator: Emulator, GroupName: string): Promise<string> {
  return (await ec2Client(emulator).send(new CreateSecurityGroupCommand({ GroupName, Description: "for tests" }))).GroupId ?? "";
}

test("an endpoint in the cluster's own account needs no authorization, and has groups and network interfaces of its own", async () => {
  await using emulator = await startEmulator();
  const client = await withCluster(emulator, { Port: 5440 });
  const [one, other] = [await group(emulator, "one"), await group(emulator, "other")];

  const created = await client.send(new Create({ ...form, VpcSecurityGroupIds: [one] }));
  expect(created).toMatchObject({ EndpointStatus: "creating", ResourceOwner: owner, Port: 5440, ClusterIdentifier });
  expect(created.VpcEndpoint).toBeUndefined();
  const [listed] = (await client.send(new Describe({}))).EndpointAccessList ?? [];
  expect(listed).toMatchObject({ EndpointName: "reports", EndpointStatus: "active", Port: 5440, EndpointCreateTime: expect.any(Date) });
  expect(listed?.VpcSecurityGroups).toEqual([{ VpcSecurityGroupId: one, Status: "active" }]);

  expect((await client.send(new Modify({ EndpointName: "reports", VpcSecurityGroupIds: [other] }))).EndpointStatus).toBe("modifying");
  const Filters = [{ Name: "group-id", Values: [other] }];
  const { NetworkInterfaces } = await ec2Client(emulator).send(new DescribeNetworkInterfacesCommand({ Filters }));
  const id = listed?.VpcEndpoint?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
  expect(NetworkInterfaces).toMatchObject([{ NetworkInterfaceId: id, InterfaceType: "vpc_endpoint" }]);

  expect((await client.send(new Delete({ EndpointName: "reports" }))).EndpointStatus).toBe("deleting");
  expect((await client.send(new Describe({}))).EndpointAccessList).toEqual([]);
});

test("each account lists its own endpoints, in pages, also those to the cluster of another account", async () => {
  await using emulator = await startEmulator({ pageSize: 1 });
  const client = await withCluster(emulator);
  const grantee = redshiftClient(emulator, { account: Account });
  await client.send(new Authorize({ ClusterIdentifier, Account }));
  await client.send(new Create(form));
  for (const EndpointName of ["a", "b"]) await grantee.send(new Create({ ...form, EndpointName, ResourceOwner: owner }));

  const names = async (of: RedshiftClient, input = {}) => {
    const found: unknown[] = [];
    for await (const page of paginateDescribeEndpointAccess({ client: of }, input))
      found.push(page.EndpointAccessList?.map(({ EndpointName, ResourceOwner }) => [EndpointName, ResourceOwner]));
    return found;
  };
  expect(await names(client)).toEqual([[["reports", owner]]]);
  expect(await names(grantee)).toEqual([[["a", owner]], [["b", owner]]]);
  expect(await names(grantee, { ClusterIdentifier: "other" })).toEqual([[]]);
  expect(await names(grantee, { EndpointName: "b" })).toEqual([[["b", owner]]]);
});

test("invalid requests fail with AWS's codes", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000 });
  const client = await withCluster(emulator);
  expect(await refusalOf(client.send(new Create(form)))).toContain("InvalidClusterState 400");
  elapse(60_000);
  await client.send(new Create(form));

  expect(await refusalOf(client.send(new Create(form)))).toContain("EndpointAlreadyExists 400");
  expect(await refusalOf(client.send(new Create({ ...form, EndpointName: "a--b" })))).toContain("InvalidParameterValue 400");
  expect(await refusalOf(client.send(new Create({ ...form, EndpointName: "c", ClusterIdentifier: "other" })))).toContain(
    "ClusterNotFound 404",
  );
  expect(await refusalOf(client.send(new Modify({ EndpointName: "reports" })))).toContain("InvalidEndpointState 400");
  expect(await refusalOf(client.send(new Delete({ EndpointName: "reports" })))).toContain("InvalidEndpointState 400");
  const [creating] = (await client.send(new Describe({}))).EndpointAccessList ?? [];
  expect([creating?.EndpointStatus, creating?.VpcEndpoint, creating?.Port]).toEqual(["creating", undefined, 5439]);
  elapse(60_000);
  expect(await refusalOf(client.send(new Modify({ EndpointName: "other" })))).toContain("EndpointNotFound 404");
  expect(await refusalOf(client.send(new Describe({ EndpointName: "other" })))).toContain("EndpointNotFound 404");
});
