import {
  CreateClusterCommand,
  DeregisterNamespaceCommand as Deregister,
  RegisterNamespaceCommand as Register,
} from "@aws-sdk/client-redshift";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { post, redshiftClient, refusalOf } from "../clients.ts";

const serverless = { ServerlessIdentifier: { NamespaceIdentifier: "reports", WorkgroupIdentifier: "nightly" } };
const provisioned = { ProvisionedIdentifier: { ClusterIdentifier: "analytics" } };

test("a consumer is deregistered once after it was registered", async () => {
  await using emulator = await startEmulator();
  const client = redshiftClient(emulator);
  const ConsumerIdentifiers = ["DataCatalog/999988887777", "888877776666"];
  const cluster = new CreateClusterCommand({ ClusterIdentifier: "analytics", NodeType: "ra3.large", MasterUsername: "admin" });
  await client.send(cluster);
  for (const NamespaceIdentifier of [provisioned, serverless]) {
    const input = { NamespaceIdentifier, ConsumerIdentifiers };
    expect((await client.send(new Register(input))).Status).toBe("Registering");
    expect((await client.send(new Deregister(input))).Status).toBe("Deregistering");
    expect(await refusalOf(client.send(new Deregister(input)))).toMatch(/^InvalidNamespaceFault \S+ 400$/);
  }
});

test("invalid requests fail with AWS's codes", async () => {
  await using emulator = await startEmulator();
  const client = redshiftClient(emulator);
  const register = (NamespaceIdentifier: typeof provisioned | typeof serverless, ...ConsumerIdentifiers: string[]) =>
    refusalOf(client.send(new Register({ NamespaceIdentifier, ConsumerIdentifiers })));

  expect(await register(provisioned, "999988887777")).toBe("ClusterNotFoundFault ClusterNotFound 404");
  expect(await register(serverless)).toMatch(/InvalidParameterValue 400$/);
  expect(await register(serverless, "everyone")).toMatch(/InvalidParameterValue 400$/);
  const none = await post(emulator, "redshift", "Action=RegisterNamespace&Version=2012-12-01&ConsumerIdentifiers.member.1=999988887777");
  expect([none.status, await none.text()]).toEqual([400, expect.stringContaining("InvalidParameterCombination")]);
});
