import {
  CreateNamespaceCommand,
  CreateSnapshotCommand,
  DeleteResourcePolicyCommand as Delete,
  GetResourcePolicyCommand as Get,
  ListSnapshotsCommand,
  PutResourcePolicyCommand as Put,
  type RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { refusalOf, serverlessClient } from "../clients.ts";

const policyFor = (Principal: unknown) => JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "*" }] });

async function createSnapshot(client: RedshiftServerlessClient, snapshotName = "before"): Promise<string> {
  await client.send(new CreateNamespaceCommand({ namespaceName: `of-${snapshotName}` }));
  const { snapshot } = await client.send(new CreateSnapshotCommand({ namespaceName: `of-${snapshotName}`, snapshotName }));
  return snapshot?.snapshotArn ?? "";
}

test("a policy is replaced as a whole, and a snapshot lists the accounts that its policy allows", async () => {
  await using emulator = await startEmulator();
  const client = serverlessClient(emulator);
  const resourceArn = await createSnapshot(client);
  const accounts = async () => (await client.send(new ListSnapshotsCommand())).snapshots?.map((each) => each.accountsWithRestoreAccess);

  expect(resourceArn).toMatch(/^arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot\/[0-9a-f-]{36}$/);
  expect(await accounts()).toEqual([[]]);
  await client.send(new Put({ resourceArn, policy: policyFor({ AWS: ["999988887777", "arn:aws:iam::888877776666:root"] }) }));
  expect(await accounts()).toEqual([["999988887777", "888877776666"]]);
  const policy = policyFor("*");
  expect((await client.send(new Put({ resourceArn, policy }))).resourcePolicy).toEqual({ resourceArn, policy });
  expect((await client.send(new Get({ resourceArn }))).resourcePolicy).toEqual({ resourceArn, policy });
  expect(await accounts()).toEqual([[]]);
  await client.send(new Delete({ resourceArn }));
  expect(await refusalOf(client.send(new Get({ resourceArn })))).toBe("ResourceNotFoundException - 404");
});

test("invalid requests fail with AWS's codes", async () => {
  await using emulator = await startEmulator();
  const client = serverlessClient(emulator);
  const resourceArn = await createSnapshot(client);
  const other = resourceArn.replace("123456789012", "210987654321");
  const policy = policyFor("*");

  expect(await refusalOf(client.send(new Put({ resourceArn, policy: "{" })))).toBe("ValidationException - 400");
  expect(await refusalOf(client.send(new Put({ resourceArn: "snapshot/1", policy })))).toBe("ValidationException - 400");
  expect(await refusalOf(client.send(new Put({ resourceArn: `${resourceArn}0`, policy })))).toBe("ResourceNotFoundException - 404");
  expect(await refusalOf(client.send(new Put({ resourceArn: other, policy })))).toBe("ResourceNotFoundException - 404");
  expect(await refusalOf(client.send(new Delete({ resourceArn })))).toBe("ResourceNotFoundException - 404");
  const again = new CreateSnapshotCommand({ namespaceName: "of-before", snapshotName: "before" });
  expect(await refusalOf(client.send(again))).toBe("ConflictException - 409");
  const missing = new CreateSnapshotCommand({ namespaceName: "missing", snapshotName: "other" });
  expect(await refusalOf(client.send(missing))).toBe("ResourceNotFoundException - 404");
  expect(await refusalOf(client.send(new CreateSnapshotCommand({ namespaceName: "of-before", snapshotName: "" })))).toBe(
    "ValidationException - 400",
  );
});

test("with createMissing, a policy for an unknown snapshot of the own account creates the snapshot", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const client = serverlessClient(emulator);
  const resourceArn = "arn:aws:redshift-serverless:eu-west-1:123456789012:snapshot/1";
  await client.send(new Put({ resourceArn, policy: policyFor({ AWS: "999988887777" }) }));
  expect((await client.send(new ListSnapshotsCommand())).snapshots).toMatchObject([
    { snapshotArn: resourceArn, ownerAccount: "123456789012", accountsWithRestoreAccess: ["999988887777"] },
  ]);
});
