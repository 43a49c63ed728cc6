import { ModifyManagedPrefixListCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { always, error } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { prefixList, ranges, startVpc, tcp } from "../../support/vpc.ts";

const office = { name: "office", ranges: ["203.0.113.0/24"] };

describe("a prefix list", () => {
  const listed = (id: string, from?: number, to?: number) => tcp({ PrefixListIds: [{ PrefixListId: id }] }, from, to);

  test("is permitted by its id, whatever its entries are", async () => {
    await using vpc = await startVpc();
    const list = await prefixList(vpc, ["0.0.0.0/0"]);
    await using same = await startVpc({ permit: [{ name: "list", prefixLists: [list] }] });
    expect(await prefixList(same, ["0.0.0.0/0"])).toBe(list);
    expect((await same.invoke(await same.open([listed(list)]))).results).toEqual(["permitted"]);
    expect(writes(same.requests())).toEqual([]);
  });

  test("is permitted if its entries on every page are permitted", async () => {
    await using vpc = await startVpc({ permit: [office], emulator: { pageSize: 2 } });
    const list = await prefixList(
      vpc,
      [0, 1, 2, 3, 4].map((n) => `203.0.113.${n}/32`),
    );
    const { outcomes, results } = await vpc.invoke(await vpc.open([listed(list)]));
    expect(results).toEqual(["permitted"]);
    expect(outcomes).toMatchObject([{ grant: { source: { prefixList: list, entries: { length: 5 } } } }]);
  });

  test("with one violating entry, on its last page, is revoked", async () => {
    await using vpc = await startVpc({ permit: [office], emulator: { pageSize: 2 } });
    const list = await prefixList(vpc, ["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32", "203.0.113.4/32", "250.0.0.0/8"]);
    const { outcomes, results } = await vpc.invoke(await vpc.open([listed(list)]));
    expect(results).toEqual(["revoked"]);
    expect(outcomes).toMatchObject([{ decision: { reason: expect.stringContaining("250.0.0.0/8"), uncovered: ["250.0.0.0/8"] } }]);
    expect(await vpc.rules()).toEqual([]);
  });

  test("is evaluated by its current entries", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await prefixList(vpc, ["203.0.113.1/32"]);
    const event = await vpc.open([listed(list)]);
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    const AddEntries = [{ Cidr: "0.0.0.0/1" }];
    await vpc.ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId: list, CurrentVersion: 1, AddEntries }));
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("that is empty or deleted is permitted only by its id", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const empty = await vpc.invoke(await vpc.open([listed(await prefixList(vpc, []))]));
    expect(empty.results).toEqual(["revoked"]);
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"]))]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", times: always, ...error("InvalidPrefixListID.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  });

  test("that is not found soon after it is created is read again, and stays if it is permitted", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"]))]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", times: 2, ...error("InvalidPrefixListID.NotFound") });
    expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
  });

  test("that cannot be read fails the event and stays, and every other rule is evaluated", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await vpc.open([listed(await prefixList(vpc, ["203.0.113.1/32"])), ranges(["0.0.0.0/0"])]);
    vpc.emulator.fail({ action: "GetManagedPrefixListEntries", answer: "error", code: "UnauthorizedOperation", status: 403 });

    const { results, error } = await vpc.invoke(event);

    expect(results).toEqual(["revoked"]);
    expect(error?.message).toContain("UnauthorizedOperation");
    expect(await vpc.rules()).toEqual([expect.stringContaining("pl-")]);
  });

  test("is not read for a rule that is out of scope", async () => {
    await using vpc = await startVpc();
    const event = await vpc.open([listed(await prefixList(vpc, ["0.0.0.0/0"]), 22)]);
    expect((await vpc.invoke(event)).results).toEqual(["outOfScope"]);
    expect(vpc.requests().map(({ action }) => action)).not.toContain("GetManagedPrefixListEntries");
  });
});
