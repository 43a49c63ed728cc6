import { ModifyManagedPrefixListCommand, RestoreManagedPrefixListVersionCommand } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../../support/events.ts";
import { always, error, shortPauses } from "../../support/faults.ts";
import { writes } from "../../support/scene.ts";
import { attachToServer, prefixList, ranges, startVpc, tcp, type Vpc } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";

const office = { name: "office", ranges: ["203.0.113.0/24"] };
const open = { Cidr: "198.51.100.0/24" };

shortPauses();

/** The event of an edit, in the form of EC2's newer calls. */
function editEvent(eventName: string, request: object, version: number): Envelope {
  const list = { state: "modify-in-progress", version, prefixListName: "list" };
  return vpcEvent(
    eventName,
    { [`${eventName}Request`]: request },
    { [`${eventName}Response`]: { requestId: "59dbff89", prefixList: list } },
  );
}

/** Adds an entry to a list that has one version. Returns the event. */
async function add({ ec2 }: Vpc, PrefixListId: string, entry = open): Promise<Envelope> {
  await ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries: [entry] }));
  return editEvent("ModifyManagedPrefixList", { PrefixListId, CurrentVersion: 1, AddEntry: { tag: 1, ...entry } }, 1);
}

/** A list with a permitted entry, to which a rule of the group refers. */
async function inUse(vpc: Vpc, group = vpc.web, port = 6379): Promise<string> {
  const PrefixListId = await prefixList(vpc, ["203.0.113.1/32"]);
  await vpc.open([tcp({ PrefixListIds: [{ PrefixListId }] }, port)], group);
  return PrefixListId;
}

/** EC2 describes the list in another state or version. */
function shown({ emulator }: Vpc, state: string, version: number): void {
  const rewrite = (response: string) =>
    response.replace(/<state>.*?<\/state>/, `<state>${state}</state>`).replace(/<version>.*?<\/version>/, `<version>${version}</version>`);
  emulator.fail({ action: "DescribeManagedPrefixLists", times: always, answer: "rewritten", rewrite });
}

describe("an edit of a prefix list", () => {
  test("has a rule that it made a violation reported with the reason and what to do, and the rule stays", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await inUse(vpc);
    await vpc.open([ranges(["0.0.0.0/0"])]);

    const { outcomes, error } = await vpc.invoke(await add(vpc, list));

    expect(error).toBeUndefined();
    expect(outcomes).toMatchObject([
      {
        result: "reported",
        grant: { resource: vpc.web, source: { prefixList: list, entries: ["198.51.100.0/24", "203.0.113.1/32"] } },
        decision: { uncovered: ["198.51.100.0/24"] },
        permitWith: { prefixLists: [list] },
        note: expect.stringMatching(/^not revoked: the entries of pl-\w+ were edited, .*revoke the rule by its id/),
      },
    ]);
    expect(writes(vpc.requests()).filter(({ action }) => action.startsWith("Revoke"))).toEqual([]);
    expect(await vpc.rules()).toHaveLength(2);
  });

  test("leaves a rule permitted whose list is permitted by its id, or with all its entries", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await inUse(vpc);
    expect((await vpc.invoke(await add(vpc, list, { Cidr: "203.0.113.2/32" }))).results).toEqual(["permitted"]);
    await using same = await startVpc({ permit: [{ name: "list", prefixLists: [list] }] });
    expect(await inUse(same)).toBe(list);
    expect((await same.invoke(await add(same, list))).results).toEqual(["permitted"]);
  });

  test("that restores a previous version is judged by the entries of that version", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const PrefixListId = await prefixList(vpc, ["0.0.0.0/1"]);
    await vpc.open([tcp({ PrefixListIds: [{ PrefixListId }] })]);
    const RemoveEntries = [{ Cidr: "0.0.0.0/1" }];
    await vpc.ec2.send(
      new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, RemoveEntries, AddEntries: [{ Cidr: "203.0.113.1/32" }] }),
    );
    const request = { PrefixListId, PreviousVersion: 1, CurrentVersion: 2 };
    await vpc.ec2.send(new RestoreManagedPrefixListVersionCommand(request));
    const { outcomes } = await vpc.invoke(editEvent("RestoreManagedPrefixListVersion", request, 2));
    expect(outcomes).toMatchObject([{ result: "reported", grant: { source: { entries: ["0.0.0.0/1"] } } }]);
  });

  test("of a list that nobody uses has no outcome, and makes one call", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await add(vpc, await prefixList(vpc, ["203.0.113.1/32"]));
    vpc.requests();
    expect(await vpc.invoke(event)).toEqual({ outcomes: [], results: [] });
    expect(vpc.requests().map(({ action }) => action)).toEqual(["DescribeSecurityGroups"]);
  });

  test("that only groups of servers use has no outcome, and their rules are not read", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await add(vpc, await inUse(vpc, await vpc.group("servers")));
    vpc.requests();
    expect(await vpc.invoke(event)).toEqual({ outcomes: [], results: [] });
    expect(vpc.requests().map(({ action }) => action)).not.toContain("DescribeSecurityGroupRules");
  });

  test("is reported in every group of a store, with one read of the entries of its own version", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await inUse(vpc);
    await vpc.open([tcp({ PrefixListIds: [{ PrefixListId: list }] }, 22)]);
    await attachToServer(vpc, "a server's");
    const event = await add(vpc, list);
    vpc.requests();
    expect((await vpc.invoke(event)).results).toEqual(["reported", "outOfScope"]);
    const actions = vpc.requests().map(({ action }) => action);
    expect(actions.filter((action) => action === "GetManagedPrefixListEntries")).toHaveLength(1);
    expect(actions).not.toContain("DescribeNetworkInterfaces");
  });
});

describe("an edit that EC2 does not show yet", () => {
  test.each([
    ["modify-in-progress", 1],
    ["restore-in-progress", 2],
    ["create-complete", 1],
    ["modify-failed", 1],
  ])("fails the event while the list is %s with version %d, and the next try reports the violation", async (state, version) => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await add(vpc, await inUse(vpc));
    shown(vpc, state, version);

    const { results, error } = await vpc.invoke(event);

    expect(results).toEqual([]);
    expect(error?.message).toMatch(new RegExp(`has not completed the edit of pl-\\w+ yet: it shows version ${version} in state ${state}`));
    vpc.emulator.heal();
    expect((await vpc.invoke(event)).results).toEqual(["reported"]);
  });

  test.each([
    ["modify-failed", 61_000],
    ["modify-complete", 301_000],
  ])("has failed or is older than any read when the list is %s after %d ms: the current entries count", async (state, ms) => {
    await using vpc = await startVpc({ permit: [office] });
    const PrefixListId = await inUse(vpc);
    const event = editEvent("ModifyManagedPrefixList", { PrefixListId, CurrentVersion: 1, AddEntry: open }, 1);
    shown(vpc, state, 1);
    expect((await vpc.invoke(event)).error?.message).toContain("has not completed");
    expect((await vpc.invoke(later(event, ms))).results).toEqual(["permitted"]);
  });

  test("is still in progress after any time", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const event = await add(vpc, await inUse(vpc));
    shown(vpc, "modify-in-progress", 1);
    expect((await vpc.invoke(later(event))).error?.message).toContain("has not completed");
  });
});

describe("the record of an edit", () => {
  const forms: readonly (readonly [form: string, request: (PrefixListId: string) => object])[] = [
    ["with one entry", (id) => ({ ModifyManagedPrefixListRequest: { PrefixListId: id, CurrentVersion: 1, AddEntry: open } })],
    ["with several", (id) => ({ ModifyManagedPrefixListRequest: { PrefixListId: id, CurrentVersion: "1", AddEntry: [open, open] } })],
    ["in the older form", (id) => ({ prefixListId: id, currentVersion: 1, addEntries: { items: [{ cidr: open.Cidr }] } })],
    ["with a removed entry", (id) => ({ prefixListId: id, currentVersion: 1, removeEntries: { items: [{ cidr: open.Cidr }] } })],
    ["without its version, which the response shows", (id) => ({ prefixListId: id, addEntry: open })],
    ["that is cut", (id) => ({ prefixListId: id, omitted: true })],
  ];

  test.each(forms)("%s waits for the version after it", async (_, request) => {
    await using vpc = await startVpc({ permit: [office] });
    const list = await inUse(vpc);
    const event = vpcEvent("ModifyManagedPrefixList", request(list), { prefixList: { version: 1 } });
    expect((await vpc.invoke(event)).error?.message).toContain("shows version 1 in state create-complete");
    await add(vpc, list);
    expect((await vpc.invoke(event)).results).toEqual(["reported"]);
  });

  test("of a new name or size waits for no version", async () => {
    await using vpc = await startVpc({ permit: [office] });
    const PrefixListId = await inUse(vpc);
    for (const change of [{ PrefixListName: "other" }, { MaxEntries: 9 }]) {
      const event = editEvent("ModifyManagedPrefixList", { PrefixListId, CurrentVersion: 1, ...change }, 1);
      expect((await vpc.invoke(event)).results).toEqual(["permitted"]);
    }
  });

  test.each([{}, { PrefixListId: "pl-*" }, { PrefixListId: ["pl-1"] }, { PrefixListId: { id: "pl-1" } }])(
    "that names no list (%j) is an error, and no call is made",
    async (request) => {
      await using vpc = await startVpc();
      const { error } = await vpc.invoke(editEvent("ModifyManagedPrefixList", request, 1));
      expect(error?.message).toContain("names no prefix list");
      expect(vpc.requests()).toEqual([]);
    },
  );
});

describe.each(["DescribeSecurityGroups", "DescribeManagedPrefixLists", "GetManagedPrefixListEntries", "DescribeSecurityGroupRules"])(
  "when %s fails",
  (action) => {
    test("once, the violation is still reported", async () => {
      await using vpc = await startVpc({ permit: [office] });
      const event = await add(vpc, await inUse(vpc));
      vpc.emulator.fail({ action, times: 1, ...error("RequestLimitExceeded", 503) });
      expect(await vpc.invoke(event)).toMatchObject({ results: ["reported"] });
    });

    test("with a denied call, the event fails without an outcome", async () => {
      await using vpc = await startVpc({ permit: [office] });
      const event = await add(vpc, await inUse(vpc));
      vpc.emulator.fail({ action, times: always, ...error("UnauthorizedOperation", 403) });
      const end = await vpc.invoke(event);
      expect([end.results, end.error?.message]).toEqual([[], expect.stringContaining("UnauthorizedOperation")]);
    });
  },
);

test("when a list of stores fails, the violations of the others are reported, and the event fails", async () => {
  await using vpc = await startVpc({ permit: [office] });
  const event = await add(vpc, await inUse(vpc));
  vpc.emulator.fail({ action: "DescribeClusters", times: always, ...error("AccessDenied", 403) });
  const end = await vpc.invoke(event);
  expect([end.results, end.error?.message]).toEqual([["reported"], expect.stringContaining("clusters (AccessDenied")]);
  const unused = await add(vpc, await inUse(vpc, await vpc.group("of a cluster?")));
  expect((await vpc.invoke(unused)).error?.message).toContain("clusters (AccessDenied");
});
