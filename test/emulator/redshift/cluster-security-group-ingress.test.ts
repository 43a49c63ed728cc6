import {
  AuthorizeClusterSecurityGroupIngressCommand as Authorize,
  CreateClusterSecurityGroupCommand as Create,
  DescribeClusterSecurityGroupsCommand as Describe,
  type AuthorizeClusterSecurityGroupIngressCommandInput as Ingress,
  type RedshiftClient,
  RevokeClusterSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { passTime, redshiftClient, refusalOf } from "../clients.ts";

const ClusterSecurityGroupName = "analytics";
const create = (name = ClusterSecurityGroupName) => new Create({ ClusterSecurityGroupName: name, Description: "for tests" });
const range = (CIDRIP: string) => ({ ClusterSecurityGroupName, CIDRIP });
const web = { EC2SecurityGroupName: "web", EC2SecurityGroupOwnerId: "1111-2222-3333" };

async function entries(client: RedshiftClient) {
  const { ClusterSecurityGroups = [] } = await client.send(new Describe({ ClusterSecurityGroupName }));
  const { EC2SecurityGroups = [], IPRanges = [] } = ClusterSecurityGroups[0] ?? {};
  return [...IPRanges.map((entry) => entry.CIDRIP), ...EC2SecurityGroups.map((entry) => entry.EC2SecurityGroupOwnerId)];
}

describe("ingress", () => {
  test("the status of a range is authorizing, then authorized, then revoking, and then it is not listed", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());
    const group = range("203.0.113.0/24");

    const authorized = await client.send(new Authorize(group));
    expect(authorized.ClusterSecurityGroup?.IPRanges).toEqual([{ CIDRIP: "203.0.113.0/24", Status: "authorizing", Tags: [] }]);
    const revoked = await client.send(new Revoke(group));
    expect(revoked.ClusterSecurityGroup?.IPRanges).toEqual([{ CIDRIP: "203.0.113.0/24", Status: "revoking", Tags: [] }]);
    expect(await entries(client)).toEqual([]);
    expect(await refusalOf(client.send(new Revoke(group)))).toBe("AuthorizationNotFoundFault AuthorizationNotFound 404");
  });

  test("the owner of an EC2 security group is stored without hyphens", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());

    await client.send(new Authorize({ ClusterSecurityGroupName, ...web }));

    expect(await entries(client)).toEqual(["111122223333"]);
    const revoked = await client.send(new Revoke({ ClusterSecurityGroupName, ...web }));
    expect(revoked.ClusterSecurityGroup?.EC2SecurityGroups?.[0]?.Status).toBe("revoking");
  });

  test("ranges are stored as given and compared by their text", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());
    const given = ["10.0.0.1/8", "10.0.0.0/8", "0.0.0.0/0", "2001:DB8::/32", "2001:db8::/32", "::/0", "::ffff:10.0.0.0/104"];

    for (const text of given) await client.send(new Authorize(range(text)));

    expect(await entries(client)).toEqual(given);
    expect(await refusalOf(client.send(new Authorize(range("0.0.0.0/0"))))).toBe(
      "AuthorizationAlreadyExistsFault AuthorizationAlreadyExists 400",
    );
    await client.send(new Revoke(range("10.0.0.1/8")));
    expect(await entries(client)).toEqual(given.slice(1));
  });

  test.each([
    ...["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "010.0.0.0/8", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/255.0.0.0"],
    ...["2001:db8::/129", ":::/0", "fe80::1%eth0/64", "1:2:3:4:5:6:7:8:9/64", "::/", "/8", " 10.0.0.0/8", "everyone"],
  ])("%s is not a range", async (text) => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());
    expect(await refusalOf(client.send(new Authorize(range(text))))).toBe("InvalidParameterValue InvalidParameterValue 400");
  });

  test.each<[string, Omit<Ingress, "ClusterSecurityGroupName">]>([
    ["nothing", {}],
    ["a range and an EC2 security group", { CIDRIP: "10.0.0.0/8", ...web }],
    ["a range and an owner", { CIDRIP: "10.0.0.0/8", EC2SecurityGroupOwnerId: "111122223333" }],
    ["half an EC2 security group", { EC2SecurityGroupName: "web" }],
  ])("%s cannot be authorized or revoked", async (_case, source) => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());
    for (const command of [Authorize, Revoke]) {
      expect(await refusalOf(client.send(new command({ ClusterSecurityGroupName, ...source })))).toBe(
        "InvalidParameterCombination InvalidParameterCombination 400",
      );
    }
  });

  test("a group accepts 20 rules, and another one after one is revoked", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    await client.send(create());
    for (let n = 0; n < 19; n += 1) await client.send(new Authorize(range(`10.0.${n}.0/24`)));
    await client.send(new Authorize({ ClusterSecurityGroupName, ...web }));

    const quota = "AuthorizationQuotaExceededFault AuthorizationQuotaExceeded 400";
    expect(await refusalOf(client.send(new Authorize(range("10.1.0.0/24"))))).toBe(quota);
    await client.send(new Revoke(range("10.0.7.0/24")));
    expect(await refusalOf(client.send(new Authorize(range("10.1.0.0/24"))))).toBe("no error");
  });

  test("while a change settles, its group refuses changes and other groups accept them", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000, createMissing: true });
    const client = redshiftClient(emulator);
    await client.send(new Authorize(range("10.0.0.0/8")));

    expect(await refusalOf(client.send(new Authorize(range("11.0.0.0/8"))))).toBe(
      "InvalidClusterSecurityGroupStateFault InvalidClusterSecurityGroupState 400",
    );
    await client.send(new Authorize({ ...range("11.0.0.0/8"), ClusterSecurityGroupName: "other" }));
    elapse(60_000);
    await client.send(new Authorize(range("11.0.0.0/8")));
    expect(await entries(client)).toEqual(["10.0.0.0/8", "11.0.0.0/8"]);
  });

  test("ingress to an unknown group cannot be authorized or revoked", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    const notFound = "ClusterSecurityGroupNotFoundFault ClusterSecurityGroupNotFound 404";
    expect(await refusalOf(client.send(new Authorize(range("10.0.0.0/8"))))).toBe(notFound);
    expect(await refusalOf(client.send(new Revoke(range("10.0.0.0/8"))))).toBe(notFound);
  });
});
