import {
  AuthorizeSecurityGroupIngressCommand as Authorize,
  CreateManagedPrefixListCommand as Create,
  CreateSecurityGroupCommand as CreateGroup,
  type CreateManagedPrefixListCommandInput,
  DescribeManagedPrefixListsCommand as Describe,
  DescribeSecurityGroupsCommand as DescribeGroups,
  type EC2Client,
  GetManagedPrefixListEntriesCommand as GetEntries,
  ModifyManagedPrefixListCommand as Modify,
  paginateDescribeManagedPrefixLists,
  paginateGetManagedPrefixListEntries,
  RestoreManagedPrefixListVersionCommand as Restore,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, passTime, refusalOf } from "../clients.ts";

async function listIn(client: EC2Client, ...cidrs: string[]): Promise<string> {
  const Entries = cidrs.map((Cidr) => ({ Cidr }));
  const list = new Create({ PrefixListName: "own", MaxEntries: 10, AddressFamily: "IPv4", ...(cidrs.length > 0 && { Entries }) });
  return (await client.send(list)).PrefixList?.PrefixListId ?? "";
}

test("a change to a list is first in progress and then complete", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator({ settleMs: 60_000 });
  const client = ec2Client(emulator);
  const { PrefixList } = await client.send(new Create({ PrefixListName: "own", MaxEntries: 2, AddressFamily: "IPv6" }));
  const PrefixListId = PrefixList?.PrefixListId ?? "";
  const state = async () => (await client.send(new Describe({ PrefixListIds: [PrefixListId] }))).PrefixLists?.[0]?.State;

  expect([PrefixList?.State, await state()]).toEqual(["create-in-progress", "create-in-progress"]);
  expect(await refusalOf(client.send(new Modify({ PrefixListId })))).toBe("IncorrectState IncorrectState 400");
  elapse(60_000);
  expect(await state()).toBe("create-complete");
  const modified = await client.send(new Modify({ PrefixListId, AddEntries: [{ Cidr: "2001:DB8::1/32" }] }));
  expect(modified.PrefixList?.Version).toBe(1);
  expect((await client.send(new GetEntries({ PrefixListId }))).Entries).toEqual([]);
  expect(await refusalOf(client.send(new GetEntries({ PrefixListId, TargetVersion: 2 })))).toContain("InvalidParameterValue");
  elapse(60_000);
  expect([modified.PrefixList?.State, await state()]).toEqual(["modify-in-progress", "modify-complete"]);
  expect((await client.send(new GetEntries({ PrefixListId }))).Entries).toEqual([{ Cidr: "2001:db8::/32" }]);
});

test("a previous version can be restored as a new one, and a new name makes no version", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const PrefixListId = await listIn(client, "10.0.0.0/8");
  await client.send(new Modify({ PrefixListId, AddEntries: [{ Cidr: "11.0.0.0/8" }], RemoveEntries: [{ Cidr: "10.0.0.0/8" }] }));
  const { PrefixList } = await client.send(new Restore({ PrefixListId, PreviousVersion: 1, CurrentVersion: 2 }));
  await client.send(new Modify({ PrefixListId, PrefixListName: "other" }));

  expect([PrefixList?.State, PrefixList?.Version]).toEqual(["restore-in-progress", 2]);
  const { PrefixLists } = await client.send(new Describe({ PrefixListIds: [PrefixListId] }));
  expect(PrefixLists).toMatchObject([{ State: "modify-complete", Version: 3, PrefixListName: "other" }]);
  expect((await client.send(new GetEntries({ PrefixListId }))).Entries).toEqual([{ Cidr: "10.0.0.0/8" }]);
  const again = new Restore({ PrefixListId, PreviousVersion: 1, CurrentVersion: 2 });
  expect(await refusalOf(client.send(again))).toContain("PrefixListVersionMismatch 400");
  const unknown = new Restore({ PrefixListId, PreviousVersion: 4, CurrentVersion: 3 });
  expect(await refusalOf(client.send(unknown))).toContain("InvalidParameterValue");
  const both = new Modify({ PrefixListId, MaxEntries: 12, AddEntries: [{ Cidr: "12.0.0.0/8" }] });
  expect(await refusalOf(client.send(both))).toContain("InvalidParameterCombination");
});

test("the groups with an ingress rule to a list are found by the list", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const PrefixListId = await listIn(client, "10.0.0.0/8");
  const [GroupId = "", other = ""] = await Promise.all(
    ["one", "other"].map(async (GroupName) => (await client.send(new CreateGroup({ GroupName, Description: "for tests" }))).GroupId),
  );
  const permission = { IpProtocol: "tcp", FromPort: 1, ToPort: 2, PrefixListIds: [{ PrefixListId }] };
  await client.send(new Authorize({ GroupId, IpPermissions: [permission] }));
  const { SecurityGroups = [] } = await client.send(
    new DescribeGroups({ Filters: [{ Name: "ip-permission.prefix-list-id", Values: [PrefixListId] }] }),
  );
  expect([SecurityGroups.map((each) => each.GroupId), GroupId === other]).toEqual([[GroupId], false]);
});

test("lists and their entries are listed in pages", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const PrefixListId = await listIn(client, "10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8");
  await listIn(client);

  const sizes: number[] = [];
  for await (const page of paginateGetManagedPrefixListEntries({ client, pageSize: 2 }, { PrefixListId }))
    sizes.push(page.Entries?.length ?? 0);
  for await (const page of paginateDescribeManagedPrefixLists({ client, pageSize: 1 }, {})) sizes.push(page.PrefixLists?.length ?? 0);

  expect(sizes).toEqual([2, 1, 1, 1]);
  expect(await refusalOf(client.send(new Describe({ MaxResults: 101 })))).toContain("InvalidParameterValue");
});

test("invalid changes fail with AWS's codes", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  const PrefixListId = await listIn(client, "10.0.0.0/8");
  const many = Array.from({ length: 10 }, (_, n) => ({ Cidr: `10.0.${n}.0/24` }));
  const create = (change: Partial<CreateManagedPrefixListCommandInput>) =>
    refusalOf(client.send(new Create({ PrefixListName: "own", MaxEntries: 1, AddressFamily: "IPv4", ...change })));

  expect(await refusalOf(client.send(new Modify({ PrefixListId, CurrentVersion: 2 })))).toContain("PrefixListVersionMismatch 400");
  expect(await refusalOf(client.send(new Modify({ PrefixListId, AddEntries: many })))).toContain("PrefixListMaxEntriesExceeded 400");
  expect(await refusalOf(client.send(new Modify({ PrefixListId, RemoveEntries: [{ Cidr: "11.0.0.0/8" }] })))).toContain(
    "InvalidParameterValue",
  );
  expect(await refusalOf(client.send(new GetEntries({ PrefixListId, TargetVersion: 2 })))).toContain("InvalidParameterValue");
  expect(await refusalOf(client.send(new GetEntries({ PrefixListId: "pl-01234567" })))).toContain("InvalidPrefixListID.NotFound 400");
  expect(await refusalOf(client.send(new GetEntries({ PrefixListId: "list" })))).toContain("InvalidPrefixListId.Malformed 400");
  expect(await create({ PrefixListName: "com.amazonaws.own" })).toContain("InvalidParameterValue");
  expect(await create({ Entries: [{ Cidr: "::/0" }] })).toContain("InvalidParameterValue");
  expect((await client.send(new GetEntries({ PrefixListId }))).Entries).toEqual([{ Cidr: "10.0.0.0/8" }]);
});
