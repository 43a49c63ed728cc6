import { CreateSecurityGroupCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
  CreateWorkgroupCommand as Create,
  CreateNamespaceCommand,
  GetWorkgroupCommand as Get,
  ListWorkgroupsCommand as List,
  paginateListWorkgroups,
  type RedshiftServerlessClient,
  UpdateWorkgroupCommand as Update,
} from "@aws-sdk/client-redshift-serverless";
import { describe, expect, test } from "vitest";
import { type Misbehaviour, startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, refusalOf, serverlessClient } from "../clients.ts";

async function create(client: RedshiftServerlessClient, workgroupName = "reports", more = {}) {
  await client.send(new CreateNamespaceCommand({ namespaceName: workgroupName }));
  return client.send(new Create({ workgroupName, namespaceName: workgroupName, ...more }));
}

describe("workgroups", () => {
  test("a workgroup lists its port, its groups and the network interfaces that have them", async () => {
    await using emulator = await startEmulator();
    const client = serverlessClient(emulator);
    const ec2 = ec2Client(emulator);
    const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "for tests" }));
    await create(client);

    await client.send(new Update({ workgroupName: "reports", securityGroupIds: [GroupId], publiclyAccessible: true }));

    const { workgroup } = await client.send(new Get({ workgroupName: "reports" }));
    expect(workgroup).toMatchObject({
      ...{ workgroupName: "reports", namespaceName: "reports", status: "AVAILABLE", port: 5439 },
      ...{ securityGroupIds: [GroupId], publiclyAccessible: true, endpoint: { port: 5439 } },
      workgroupArn: `arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/${workgroup?.workgroupId}`,
    });
    const [{ networkInterfaceId = "" } = {}] = workgroup?.endpoint?.vpcEndpoints?.[0]?.networkInterfaces ?? [];
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] }));
    expect(NetworkInterfaces).toMatchObject([{ InterfaceType: "vpc_endpoint", Groups: [{ GroupId }] }]);
  });

  test("its status is CREATING or MODIFYING until the change settles", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = serverlessClient(emulator);
    const { workgroup } = await create(client, "reports", { port: 5440 });
    const update = new Update({ workgroupName: "reports", port: 8191 });

    expect([workgroup?.status, workgroup?.endpoint]).toEqual(["CREATING", undefined]);
    expect(await refusalOf(client.send(update))).toBe("ConflictException - 409");
    elapse(60_000);
    expect((await client.send(update)).workgroup?.status).toBe("MODIFYING");
    elapse(60_000);
    expect((await client.send(new Get({ workgroupName: "reports" }))).workgroup).toMatchObject({ status: "AVAILABLE", port: 8191 });
  });

  test("invalid requests fail with AWS's codes", async () => {
    await using emulator = await startEmulator();
    const client = serverlessClient(emulator);
    await create(client);
    const namespaceName = "reports";

    expect(await refusalOf(client.send(new CreateNamespaceCommand({ namespaceName })))).toBe("ConflictException - 409");
    expect(await refusalOf(client.send(new Create({ workgroupName: "other", namespaceName })))).toBe("ConflictException - 409");
    const unknown = new Create({ workgroupName: "other", namespaceName: "other" });
    expect(await refusalOf(client.send(unknown))).toBe("ResourceNotFoundException - 404");
    expect(await refusalOf(client.send(new Get({ workgroupName: "other" })))).toBe("ResourceNotFoundException - 404");
    expect(await refusalOf(client.send(new Update({ workgroupName: "other" })))).toBe("ResourceNotFoundException - 404");
    const invalid = "ValidationException - 400";
    expect(await refusalOf(create(client, "No"))).toBe(invalid);
    expect(await refusalOf(create(client, "other", { port: 80 }))).toBe(invalid);
    expect(await refusalOf(create(client, "another", { securityGroupIds: ["sg-01234567"] }))).toBe(invalid);
    expect(await refusalOf(client.send(new List({ maxResults: 101 })))).toBe(invalid);
    expect(await refusalOf(client.send(new List({ nextToken: "made up" })))).toBe(invalid);
  });

  test("workgroups are listed in pages", async () => {
    await using emulator = await startEmulator();
    const client = serverlessClient(emulator);
    for (const name of ["ccc", "aaa", "bbb"]) await create(client, name);

    const pages: unknown[] = [];
    for await (const { workgroups = [] } of paginateListWorkgroups({ client, pageSize: 2 }, {})) {
      pages.push(workgroups.map((one) => one.workgroupName));
    }

    expect(pages).toEqual([["aaa", "bbb"], ["ccc"]]);
  });

  test("with createMissing, unknown workgroups and namespaces are created", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = serverlessClient(emulator);
    const securityGroupIds = ["sg-0123456789abcdef0"];
    await client.send(new Update({ workgroupName: "reports", securityGroupIds }));
    const { workgroup } = await client.send(new Create({ workgroupName: "other", namespaceName: "other", securityGroupIds }));
    expect(workgroup?.securityGroupIds).toEqual(securityGroupIds);
    expect((await client.send(new List({}))).workgroups).toMatchObject([{ workgroupName: "other" }, { securityGroupIds }]);
  });
});

describe("JSON 1.1", () => {
  const headers = (target: string) => ({
    authorization: "AWS4-HMAC-SHA256 Credential=123456789012/20261120/eu-west-1/redshift-serverless/aws4_request, SignedHeaders=host",
    "x-amz-target": target,
  });

  test("responses and errors are JSON", async () => {
    await using emulator = await startEmulator();
    const ask = (action: string, body: string) => fetch(emulator.url, { method: "POST", headers: headers(action), body });
    const listed = await ask("RedshiftServerless.ListWorkgroups", "{}");

    expect(listed.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(await listed.json()).toEqual({ workgroups: [] });
    const types: unknown[] = [];
    for (const [action, body] of [
      ["RedshiftServerless.GetWorkgroup", '{"workgroupName":"other"}'],
      ["RedshiftServerless.constructor", "{}"],
      ["DynamoDB_20120810.ListTables", "{}"],
      ["RedshiftServerless.ListWorkgroups", "{"],
    ] as const) {
      const answer = await ask(action, body);
      types.push([answer.status, Object(await answer.json()).__type]);
    }
    expect(types).toEqual([
      [404, "ResourceNotFoundException"],
      [400, "UnknownOperationException"],
      [400, "UnknownOperationException"],
      [400, "SerializationException"],
    ]);
  });

  test("the members of a request are logged as text", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const input = { workgroupName: "reports", port: 5440, securityGroupIds: ["sg-01234567", "sg-12345678"], publiclyAccessible: true };
    await serverlessClient(emulator).send(new Update(input));

    expect(emulator.requests).toEqual([
      {
        ...{ account: "123456789012", region: "eu-west-1", service: "redshift-serverless", action: "UpdateWorkgroup" },
        parameters: new Map([
          ["workgroupName", "reports"],
          ["port", "5440"],
          ["securityGroupIds.1", "sg-01234567"],
          ["securityGroupIds.2", "sg-12345678"],
          ["publiclyAccessible", "true"],
        ]),
        ...{ status: 200, applied: true },
      },
    ]);
  });

  test.each<[string, Misbehaviour, string]>([
    ["an error", { answer: "error", code: "ThrottlingException", status: 429 }, "ThrottlingException - 429"],
    ["nothing", { answer: "garbled", body: "empty", status: 200 }, "no error"],
    ["half of the JSON", { answer: "garbled", body: "truncated", status: 200 }, "SyntaxError - 200"],
    ["a reset", { answer: "reset", applied: true }, "TimeoutError - -"],
  ])("%s can be scripted as a fault", async (_case, fault, seen) => {
    await using emulator = await startEmulator();
    emulator.fail({ service: "redshift-serverless", action: "ListWorkgroups", ...fault });
    const client = serverlessClient(emulator);
    expect(await refusalOf(client.send(new List({})))).toBe(seen);
    expect(await refusalOf(client.send(new List({})))).toBe("no error");
  });
});
