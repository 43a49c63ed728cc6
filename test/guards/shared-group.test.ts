import { expect, test } from "vitest";
import { writes } from "../support/scene.ts";
import { attachToServer, createCluster, ranges, startVpc } from "../support/vpc.ts";

const everyone = [ranges(["0.0.0.0/0"])];

test("a rule of a group that is also attached to a server is reported with the reason, and stays", async () => {
  await using vpc = await startVpc();
  const server = await attachToServer(vpc, "a server's");
  const event = await vpc.open(everyone);

  const { outcomes, error } = await vpc.invoke(event);

  expect(error).toBeUndefined();
  const note = `not revoked: ${vpc.web} is also attached to ${server}; to revoke the rule anyway, set "sharedGroups": "revoke" in the policy`;
  expect(outcomes).toMatchObject([{ result: "reported", note, permitWith: { ranges: ["0.0.0.0/0"] }, policy: { mode: "enforce" } }]);
  expect(writes(vpc.requests())).toEqual([]);
  expect(await vpc.rules()).toEqual(["0.0.0.0/0 tcp 6379-6379"]);
});

test('with "sharedGroups": "revoke", the rule is revoked, and no network interface is listed', async () => {
  await using vpc = await startVpc({ more: { sharedGroups: "revoke" } });
  await attachToServer(vpc, "a server's");
  const event = await vpc.open(everyone);
  vpc.requests();
  expect((await vpc.invoke(event)).results).toEqual(["revoked"]);
  expect(vpc.requests().map(({ action }) => action)).not.toContain("DescribeNetworkInterfaces");
  expect(await vpc.rules()).toEqual([]);
});

test('with "sharedGroups": "report", the rule is reported, as by default', async () => {
  await using vpc = await startVpc({ more: { sharedGroups: "report" } });
  await attachToServer(vpc, "a server's");
  expect((await vpc.invoke(await vpc.open(everyone))).results).toEqual(["reported"]);
});

test("network interfaces of caches, of clusters and of other groups do not prevent a revoke", async () => {
  await using vpc = await startVpc();
  await createCluster(vpc, "sales");
  await attachToServer(vpc, "a server's", await vpc.group("servers"));
  expect((await vpc.invoke(await vpc.open(everyone))).results).toEqual(["revoked"]);
});

test.each(["ElastiCache proxy", "RedshiftNetworkInterface"])(
  "a network interface that a server describes as %s counts as a server's",
  async (name) => {
    await using vpc = await startVpc();
    await attachToServer(vpc, name);
    expect((await vpc.invoke(await vpc.open(everyone))).results).toEqual(["reported"]);
  },
);

test("the reason names three network interfaces, and counts those on every page", async () => {
  await using vpc = await startVpc({ emulator: { pageSize: 2 } });
  const servers: string[] = [];
  for (const name of ["a", "b", "c", "d", "e"]) servers.push(await attachToServer(vpc, name));
  const { outcomes } = await vpc.invoke(await vpc.open(everyone));
  expect(outcomes).toMatchObject([{ note: expect.stringContaining(`${servers.slice(0, 3).join(", ")} and 2 more;`) }]);
});

test("a server's network interface is found on a page after those of caches", async () => {
  await using vpc = await startVpc({ emulator: { pageSize: 1 } });
  await attachToServer(vpc, "a server's");
  expect((await vpc.invoke(await vpc.open(everyone))).results).toEqual(["reported"]);
});

test("a denied list of network interfaces fails the grant, and nothing is revoked", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open(everyone);
  vpc.emulator.fail({ action: "DescribeNetworkInterfaces", answer: "error", code: "UnauthorizedOperation", status: 403 });
  const { outcomes } = await vpc.invoke(event);
  expect(outcomes).toMatchObject([{ result: "failed", error: { name: "UnauthorizedOperation", retryable: false } }]);
  expect(writes(vpc.requests())).toEqual([]);
});

test("no network interface is listed for a rule that is permitted or out of scope", async () => {
  await using vpc = await startVpc({ permit: [{ name: "office", ranges: ["203.0.113.0/24"] }] });
  const event = await vpc.open([ranges(["203.0.113.0/24"]), ranges(["0.0.0.0/0"], 22)]);
  expect((await vpc.invoke(event)).results).toEqual(["permitted", "outOfScope"]);
  expect(vpc.requests().map(({ action }) => action)).not.toContain("DescribeNetworkInterfaces");
});

test.each(["ELB app/ElastiCache proxy", "a RedshiftNetworkInterface"])(
  "a network interface of another service of AWS, described as %s, counts as something else",
  async (name) => {
    await using vpc = await startVpc();
    const id = await attachToServer(vpc, name);
    const rewrite = (response: string) =>
      response.replace(/(<description>(?:ELB|a Red).*?)<requesterManaged>false/s, "$1<requesterManaged>true");
    vpc.emulator.fail({ action: "DescribeNetworkInterfaces", answer: "rewritten", rewrite });
    const { outcomes } = await vpc.invoke(await vpc.open(everyone));
    expect(outcomes).toMatchObject([{ result: "reported", note: expect.stringContaining(`also attached to ${id};`) }]);
  },
);
