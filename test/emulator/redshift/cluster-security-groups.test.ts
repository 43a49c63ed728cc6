import {
  CreateClusterSecurityGroupCommand as Create,
  DeleteClusterSecurityGroupCommand as Delete,
  DescribeClusterSecurityGroupsCommand as Describe,
  paginateDescribeClusterSecurityGroups,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { redshiftClient, refusalOf } from "../clients.ts";

const ClusterSecurityGroupName = "analytics";
const create = (name = ClusterSecurityGroupName) => new Create({ ClusterSecurityGroupName: name, Description: "for tests" });

describe("groups", () => {
  test("a group is stored in lower case and found in any case", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);

    const { ClusterSecurityGroup } = await client.send(create("Analytics"));

    expect(ClusterSecurityGroup).toEqual({
      ClusterSecurityGroupName: "analytics",
      Description: "for tests",
      EC2SecurityGroups: [],
      IPRanges: [],
      Tags: [],
    });
    const { ClusterSecurityGroups } = await client.send(new Describe({ ClusterSecurityGroupName: "ANALYTICS" }));
    expect(ClusterSecurityGroups).toEqual([ClusterSecurityGroup]);
    expect(await refusalOf(client.send(create("analytics")))).toBe(
      "ClusterSecurityGroupAlreadyExistsFault ClusterSecurityGroupAlreadyExists 400",
    );
  });

  test("a group name cannot be default, contain a space, be empty or have 256 characters", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    for (const name of ["Default", "two words", "", "b".repeat(256)]) {
      expect(await refusalOf(client.send(create(name)))).toBe("InvalidParameterValue InvalidParameterValue 400");
    }
  });

  test("a group can be deleted, except the default group", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    const remove = (name: string) => refusalOf(client.send(new Delete({ ClusterSecurityGroupName: name })));
    await client.send(create());

    expect(await remove("Analytics")).toBe("no error");
    expect(await remove("analytics")).toBe("ClusterSecurityGroupNotFoundFault ClusterSecurityGroupNotFound 404");
    expect(await remove("default")).toBe("InvalidClusterSecurityGroupStateFault InvalidClusterSecurityGroupState 400");
  });

  test("groups are listed in pages, and a name excludes a marker", async () => {
    await using emulator = await startEmulator({ pageSize: 2 });
    const client = redshiftClient(emulator);
    for (const name of ["c", "a", "b"]) await client.send(create(name));

    const pages: unknown[] = [];
    let marker = "";
    for await (const page of paginateDescribeClusterSecurityGroups({ client }, {})) {
      pages.push(page.ClusterSecurityGroups?.map((group) => group.ClusterSecurityGroupName));
      marker = page.Marker ?? marker;
    }

    expect(pages).toEqual([
      ["a", "b"],
      ["c", "default"],
    ]);
    const both = new Describe({ ClusterSecurityGroupName: "a", Marker: marker });
    expect(await refusalOf(client.send(both))).toBe("InvalidParameterCombination InvalidParameterCombination 400");
    expect(await refusalOf(client.send(new Describe({ ClusterSecurityGroupName: "z" })))).toContain("ClusterSecurityGroupNotFound 404");
    expect(await refusalOf(client.send(new Describe({ MaxRecords: 19 })))).toContain("InvalidParameterValue 400");
  });

  test("groups keep their tags and can be filtered by tag keys and values", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    const tagged = (name: string, Key: string, Value: string) =>
      client.send(new Create({ ClusterSecurityGroupName: name, Description: "x", Tags: [{ Key, Value }] }));
    await tagged("a", "owner", "data");
    await tagged("b", "owner", "web");
    await tagged("c", "stage", "test");

    const found = async (filter: { TagKeys?: string[]; TagValues?: string[] }) => {
      const { ClusterSecurityGroups = [] } = await client.send(new Describe(filter));
      return ClusterSecurityGroups.map((group) => group.ClusterSecurityGroupName).join("");
    };
    expect(await found({ TagKeys: ["owner"] })).toBe("ab");
    expect(await found({ TagKeys: ["owner", "stage"], TagValues: ["web", "test"] })).toBe("bc");
    expect(await found({ TagValues: ["nobody"] })).toBe("");
  });
});
