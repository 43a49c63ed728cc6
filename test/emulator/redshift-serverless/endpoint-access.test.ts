import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import {
  CreateEndpointAccessCommand as Create,
  CreateNamespaceCommand,
  CreateWorkgroupCommand,
  ListEndpointAccessCommand as List,
  paginateListEndpointAccess,
  type RedshiftServerlessClient,
  UpdateEndpointAccessCommand as Update,
} from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, refusalOf, serverlessClient } from "../clients.ts";

const form = { endpointName: "reports", workgroupName: "orders", subnetIds: ["subnet-1"] };

async function withWorkgroup(emulator: Emulator): Promise<RedshiftServerlessClient> {
  const client = serverlessClient(emulator);
  await client.send(new CreateNamespaceCommand({ namespaceName: "orders" }));
  await client.send(new CreateWorkgroupCommand({ workgroupName: "orders", namespaceName: "orders", port: 5440 }));
  return client;
}

async function group(emulator: Emulator, GroupName: string): Promise<string> {
  return (await ec2Client(emulator).send(new CreateSecurityGroupCommand({ GroupName, Description: "for tests" }))).GroupId ?? "";
}

test("an endpoint has groups of its own, the workgroup's port, and network interfaces once it is created", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000 });
  const client = await withWorkgroup(emulator);
  const [one, other] = [await group(emulator, "one"), await group(emulator, "other")];

  const { endpoint } = await client.send(new Create({ ...form, vpcSecurityGroupIds: [one] }));
  expect(endpoint).toMatchObject({ endpointStatus: "CREATING", port: 5440, workgroupName: "orders" });
  expect(endpoint?.vpcEndpoint).toBeUndefined();
  const change = new Update({ endpointName: "reports", vpcSecurityGroupIds: [other] });
  expect(await refusalOf(client.send(change))).toContain("ConflictException");
  elapse(60_000);
  expect((await client.send(change)).endpoint?.endpointStatus).toBe("MODIFYING");
  elapse(60_000);

  const { endpoints } = await client.send(new List({ workgroupName: "orders" }));
  expect(endpoints).toMatchObject([
    { endpointName: "reports", endpointStatus: "ACTIVE", vpcSecurityGroups: [{ vpcSecurityGroupId: other }] },
  ]);
  expect(endpoints?.[0]?.vpcEndpoint?.networkInterfaces).toHaveLength(1);
  expect((await client.send(new List({ workgroupName: "other" }))).endpoints).toEqual([]);
});

test("endpoints are listed in pages, and invalid requests fail with AWS's codes", async () => {
  await using emulator = await startEmulator({ pageSize: 1 });
  const client = await withWorkgroup(emulator);
  for (const endpointName of ["a", "b"]) await client.send(new Create({ ...form, endpointName }));

  const sizes: unknown[] = [];
  for await (const page of paginateListEndpointAccess({ client }, {})) sizes.push(page.endpoints?.length);

  expect(sizes).toEqual([1, 1]);
  expect(await refusalOf(client.send(new Create({ ...form, endpointName: "a" })))).toContain("ConflictException");
  expect(await refusalOf(client.send(new Create({ ...form, endpointName: "-a" })))).toContain("ValidationException");
  expect(await refusalOf(client.send(new Create({ ...form, subnetIds: [] })))).toContain("ValidationException");
  expect(await refusalOf(client.send(new Create({ ...form, workgroupName: "other" })))).toContain("ResourceNotFoundException");
  expect(await refusalOf(client.send(new Create({ ...form, ownerAccount: "210987654321" })))).toContain("AccessDeniedException");
  expect(await refusalOf(client.send(new Update({ endpointName: "other" })))).toContain("ResourceNotFoundException");
});
