import { arnOf, type Family } from "../state.ts";
import { ec2 } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidValue, list } from "../wire/query.ts";
import { describePermissions, type RuleForm } from "./ip-permissions.ts";
import { ec2Operations, ec2Paging, filterOf, needed, refuseNamedPages } from "./operations.ts";
import { openVpcGroups, seen, type VpcGroup } from "./security-group-state.ts";
import { openVpcs } from "./vpcs.ts";

/** EC2's security groups: pages API_CreateSecurityGroup and API_DescribeSecurityGroups. */
export const vpcSecurityGroups: Family = {
  api: ec2,
  open(place, world) {
    const groups = openVpcGroups(place, world);
    const networks = openVpcs(place, world);

    /** Page API_SecurityGroup. */
    const describe = (group: VpcGroup): Element[] => [
      ["ownerId", place.account],
      ["groupId", group.id],
      ["groupName", group.title],
      ["groupDescription", group.description],
      ["vpcId", group.vpcId],
      ["securityGroupArn", arnOf("ec2", place, `security-group/${group.id}`)],
      ["ipPermissions", describePermissions(seenForms(group, false))],
      ["ipPermissionsEgress", describePermissions(seenForms(group, true))],
      ["tagSet", []],
    ];

    const filterValues = new Map([
      ["group-id", ({ id }: VpcGroup) => [id]],
      ["group-name", ({ title }: VpcGroup) => [title]],
      ["vpc-id", ({ vpcId }: VpcGroup) => [vpcId]],
      ["owner-id", () => [place.account]],
      [
        "ip-permission.group-id",
        (group: VpcGroup) => seenForms(group, false).flatMap(({ source }) => ("group" in source ? [source.group.groupId] : [])),
      ],
    ]);

    return ec2Operations([
      [
        "CreateSecurityGroup",
        (parameters) => {
          const title = needed(parameters, "GroupName");
          const description = needed(parameters, "GroupDescription");
          // "Up to 255 characters … Cannot start with sg-".
          if (title.length > 255 || title.startsWith("sg-")) throw invalidValue(`Value (${title}) for parameter GroupName is invalid.`);
          const { id } = groups.create(title, description, parameters.get("VpcId") ?? networks.defaultId);
          return [
            ["return", true],
            ["groupId", id],
            ["securityGroupArn", arnOf("ec2", place, `security-group/${id}`)],
            ["tagSet", []],
          ];
        },
      ],
      [
        "DescribeSecurityGroups",
        (parameters) => {
          const ids = list(parameters, "GroupId");
          const titles = list(parameters, "GroupName");
          refuseNamedPages(parameters, [...ids, ...titles], "groupIds");
          const fits = filterOf<VpcGroup>(parameters, filterValues);
          const named = new Set([...ids.map(groups.find), ...titles.map(groups.named)]);
          const found = (named.size > 0 ? [...named] : groups.all()).filter(fits).map((group) => ({ name: group.id, group }));
          // What is named by its id is never cut into pages.
          const { items, marker } =
            named.size > 0 ? { items: found, marker: [] } : pageOf(found, parameters, world.settings, ec2Paging(5, 1000));
          return [["securityGroupInfo", items.map(({ group }): Element => ["item", describe(group)])], ...marker];
        },
      ],
    ]);
  },
};

function seenForms({ rules }: VpcGroup, isEgress: boolean): readonly RuleForm[] {
  return [...rules.values()].flatMap((rule) => (rule.isEgress === isEgress ? (seen(rule) ?? []) : []));
}
