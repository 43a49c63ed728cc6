import {
  AuthorizeCacheSecurityGroupIngressCommand as Authorize,
  CreateCacheSecurityGroupCommand as Create,
  DeleteCacheSecurityGroupCommand as Delete,
  DescribeCacheSecurityGroupsCommand as Describe,
  type ElastiCacheClient,
  paginateDescribeCacheSecurityGroups,
  RevokeCacheSecurityGroupIngressCommand as Revoke,
} from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { elasticacheClient, passTime, refusalOf } from "../clients.ts";

const ingress = {
  CacheSecurityGroupName: "sessions",
  EC2SecurityGroupName: "Web",
  EC2SecurityGroupOwnerId: "9999-8888-7777",
};
const create = (CacheSecurityGroupName: string) => new Create({ CacheSecurityGroupName, Description: "for tests" });

async function entries(client: ElastiCacheClient, CacheSecurityGroupName = "sessions") {
  const { CacheSecurityGroups = [] } = await client.send(new Describe({ CacheSecurityGroupName }));
  return CacheSecurityGroups[0]?.EC2SecurityGroups;
}

describe("groups", () => {
  test("a group is stored in lower case and found in any case", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);

    const { CacheSecurityGroup } = await client.send(create("Sessions-1"));

    expect(CacheSecurityGroup).toEqual({
      ARN: "arn:aws:elasticache:eu-west-1:123456789012:securitygroup:sessions-1",
      CacheSecurityGroupName: "sessions-1",
      Description: "for tests",
      EC2SecurityGroups: [],
      OwnerId: "123456789012",
    });
    const { CacheSecurityGroups } = await client.send(new Describe({ CacheSecurityGroupName: "SESSIONS-1" }));
    expect(CacheSecurityGroups).toEqual([CacheSecurityGroup]);
    expect(await refusalOf(client.send(create("SESSIONS-1")))).toBe(
      "CacheSecurityGroupAlreadyExistsFault CacheSecurityGroupAlreadyExists 400",
    );
  });

  test.each(["default", "Default", "two words", "dots.in.it", "a".repeat(256), "\u212Aelvin", "__proto__", ""])(
    "%j is not a valid group name",
    async (name) => {
      await using emulator = await startEmulator();
      const refusal = await refusalOf(elasticacheClient(emulator).send(create(name)));
      expect(refusal).toBe("InvalidParameterValueException InvalidParameterValue 400");
    },
  );

  test("a group can be deleted, except the default group", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    await client.send(create("sessions"));

    await client.send(new Delete({ CacheSecurityGroupName: "SESSIONS" }));

    const notFound = "CacheSecurityGroupNotFoundFault CacheSecurityGroupNotFound 404";
    expect(await refusalOf(entries(client))).toBe(notFound);
    expect(await refusalOf(client.send(new Delete({ CacheSecurityGroupName: "sessions" })))).toBe(notFound);
    expect(await refusalOf(client.send(new Delete({ CacheSecurityGroupName: "default" })))).toBe(
      "InvalidCacheSecurityGroupStateFault InvalidCacheSecurityGroupState 400",
    );
  });

  test("text with markup and control characters is returned unchanged", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const Description = `</Description> & "both" 'quotes'\r\n\ttab é 🐘`;

    await client.send(new Create({ CacheSecurityGroupName: "sessions", Description }));

    const { CacheSecurityGroups = [] } = await client.send(new Describe({ CacheSecurityGroupName: "sessions" }));
    expect(CacheSecurityGroups[0]?.Description).toBe(Description);
  });

  test("groups are listed on pages of 20 to 100 items", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    await Promise.all(Array.from({ length: 200 }, (_, n) => client.send(create(`group-${n}`))));

    const sizes = async (pageSize?: number) => {
      const found: number[] = [];
      const pages = paginateDescribeCacheSecurityGroups(pageSize ? { client, pageSize } : { client }, {});
      for await (const { CacheSecurityGroups = [] } of pages) found.push(CacheSecurityGroups.length);
      return found;
    };

    expect(await sizes()).toEqual([100, 100, 1]);
    expect(await sizes(20)).toEqual([...Array(10).fill(20), 1]);
    for (const MaxRecords of [19, 101, -1]) {
      expect(await refusalOf(client.send(new Describe({ MaxRecords })))).toContain("InvalidParameterValue 400");
    }
    expect(await refusalOf(client.send(new Describe({ Marker: "made up" })))).toContain("InvalidParameterValue 400");
  });

  test("paging skips no group when another is deleted between two pages", async () => {
    await using emulator = await startEmulator({ pageSize: 2 });
    const client = elasticacheClient(emulator);
    for (const name of ["a", "b", "c", "d"]) await client.send(create(name));

    const names: (string | undefined)[] = [];
    for await (const { CacheSecurityGroups = [] } of paginateDescribeCacheSecurityGroups({ client, pageSize: 100 }, {})) {
      names.push(...CacheSecurityGroups.map((group) => group.CacheSecurityGroupName));
      if (names.length === 2) await client.send(new Delete({ CacheSecurityGroupName: "a" }));
    }

    expect(names).toEqual(["a", "b", "c", "d", "default"]);
  });
});

describe("ingress", () => {
  test("an entry is authorizing in the response and authorized afterwards", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    await client.send(create("sessions"));

    const { CacheSecurityGroup } = await client.send(new Authorize(ingress));

    const entry = { EC2SecurityGroupName: "Web", EC2SecurityGroupOwnerId: "999988887777" };
    expect(CacheSecurityGroup?.EC2SecurityGroups).toEqual([{ ...entry, Status: "authorizing" }]);
    expect(await entries(client)).toEqual([{ ...entry, Status: "authorized" }]);
  });

  test("a revoked entry is revoking in the response and not listed afterwards; others stay", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    await client.send(create("sessions"));
    await client.send(new Authorize(ingress));
    await client.send(new Authorize({ ...ingress, EC2SecurityGroupName: "web" }));

    const { CacheSecurityGroup } = await client.send(new Revoke({ ...ingress, EC2SecurityGroupOwnerId: "999988887777" }));

    expect(CacheSecurityGroup?.EC2SecurityGroups?.map((entry) => entry.Status)).toEqual(["revoking", "authorized"]);
    expect((await entries(client))?.map((entry) => entry.EC2SecurityGroupName)).toEqual(["web"]);
    expect(await refusalOf(client.send(new Revoke(ingress)))).toBe("AuthorizationNotFoundFault AuthorizationNotFound 404");
  });

  test("while a change settles, the group refuses other changes", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator({ settleMs: 60_000 });
    const client = elasticacheClient(emulator);
    const busy = "InvalidCacheSecurityGroupStateFault InvalidCacheSecurityGroupState 400";
    await client.send(create("sessions"));

    await client.send(new Authorize(ingress));
    expect(await refusalOf(client.send(new Revoke(ingress)))).toBe(busy);
    expect((await entries(client))?.map((entry) => entry.Status)).toEqual(["authorizing"]);
    elapse(60_000);
    await client.send(new Revoke(ingress));
    expect(await refusalOf(client.send(new Authorize(ingress)))).toBe(busy);
    expect(await refusalOf(client.send(new Delete({ CacheSecurityGroupName: "sessions" })))).toBe(busy);
    expect((await entries(client))?.map((entry) => entry.Status)).toEqual(["revoking"]);
    elapse(60_000);
    expect(await entries(client)).toEqual([]);
  });

  test("invalid requests fail with AWS's codes", async () => {
    await using emulator = await startEmulator();
    const client = elasticacheClient(emulator);
    const authorize = (change: Partial<typeof ingress>) => refusalOf(client.send(new Authorize({ ...ingress, ...change })));
    const invalid = "InvalidParameterValueException InvalidParameterValue 400";

    const notFound = "CacheSecurityGroupNotFoundFault CacheSecurityGroupNotFound 404";
    expect(await authorize({})).toBe(notFound);
    expect(await refusalOf(client.send(new Revoke(ingress)))).toBe(notFound);

    await client.send(create("sessions"));
    expect(await authorize({ EC2SecurityGroupOwnerId: "AKIAIOSFODNN7EXAMPLE" })).toBe(invalid);
    expect(await authorize({ EC2SecurityGroupName: "" })).toBe(invalid);
    expect(await authorize({ CacheSecurityGroupName: " " })).toBe(invalid);
    expect(await authorize({})).toBe("no error");
    expect(await authorize({})).toBe("AuthorizationAlreadyExistsFault AuthorizationAlreadyExists 400");
  });

  test("with createMissing, an unknown group is created if its name is valid", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = elasticacheClient(emulator);

    await client.send(new Authorize({ ...ingress, CacheSecurityGroupName: "Sessions" }));
    await client.send(new Authorize({ ...ingress, CacheSecurityGroupName: "default" }));

    expect(await entries(client)).toHaveLength(1);
    expect(await entries(client, "default")).toHaveLength(1);
    const CacheSecurityGroupName = "no such name";
    expect(await refusalOf(client.send(new Authorize({ ...ingress, CacheSecurityGroupName })))).toContain("NotFound 404");
    expect(await refusalOf(client.send(new Revoke({ ...ingress, CacheSecurityGroupName: "other" })))).toContain(
      "CacheSecurityGroupNotFound 404",
    );
  });
});
