import {
  CreateManagedPrefixListCommand as Create,
  type CreateManagedPrefixListCommandInput,
  DescribeManagedPrefixListsCommand as Describe,
  type EC2Client,
  GetManagedPrefixListEntriesCommand as GetEntries,
  ModifyManagedPrefixListCommand as Modify,
  paginateDescribeManagedPrefixLists,
  paginateGetManagedPrefixListEntries,
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
  elapse(60_000);
  expect([modified.PrefixList?.State, await state()]).toEqual(["modify-in-progress", "modify-complete"]);
  expect((await client.send(new GetEntries({ PrefixListId }))).Entries).toEqual([{ Cidr: "2001:db8::/32" }]);
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
