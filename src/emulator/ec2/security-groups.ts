import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { list } from "../wire/parameters.ts";
import { ec2Actions, ec2Required } from "./actions.ts";
import { checkNotPaged, filterOf, itemSet, pageUnlessNamed } from "./describe.ts";
import { describePermissions } from "./rule-descriptions.ts";
import type { RuleForm } from "./rule-form.ts";
import { visibleForm } from "./security-group-rule-state.ts";
import { allGroups, createGroup, findGroup, findGroupByName, type SecurityGroup } from "./security-group-state.ts";
import { networksOf } from "./vpc-state.ts";

/** Page API_CreateSecurityGroup. */
const createSecurityGroup: Operation = (parameters, place) => {
  const title = ec2Required(parameters, "GroupName");
  const description = ec2Required(parameters, "GroupDescription");
  // "Up to 255 characters … Cannot start with sg-".
  if (title.length > 255 || title.startsWith("sg-")) throw invalidValue(`Value (${title}) for parameter GroupName is invalid.`);
  const { id } = createGroup(place, title, description, parameters.get("VpcId") ?? networksOf(place).defaultVpcId);
  return [
    ["return", true],
    ["groupId", id],
    ["securityGroupArn", arnOf("ec2", place, `security-group/${id}`)],
    ["tagSet", []],
  ];
};

/** Page API_DescribeSecurityGroups. */
const describeSecurityGroups: Operation = (parameters, place) => {
  const ids = list(parameters, "GroupId");
  const titles = list(parameters, "GroupName");
  checkNotPaged(parameters, [...ids, ...titles], "groupIds");
  const matches = filterOf<SecurityGroup>(parameters, {
    "group-id": ({ id }) => [id],
    "group-name": ({ title }) => [title],
    "vpc-id": ({ vpcId }) => [vpcId],
    "owner-id": () => [place.account],
    "ip-permission.prefix-list-id": (group) =>
      visibleForms(group, false).flatMap(({ source }) => ("prefixListId" in source ? [source.prefixListId] : [])),
    "ip-permission.group-id": (group) =>
      visibleForms(group, false).flatMap(({ source }) => ("group" in source ? [source.group.groupId] : [])),
  });
  const named = new Set([...ids.map((id) => findGroup(place, id)), ...titles.map((title) => findGroupByName(place, title))]);
  const isNamed = named.size > 0;
  const found = (isNamed ? [...named] : allGroups(place)).filter(matches).map((group) => ({ name: group.id, group }));
  const { items, marker } = pageUnlessNamed(found, isNamed, parameters, place);
  return [itemSet("securityGroupInfo", items, ({ group }) => describeGroup(group, place)), ...marker];
};

/** EC2's security groups. */
export const securityGroups: ActionGroup = ec2Actions({
  CreateSecurityGroup: createSecurityGroup,
  DescribeSecurityGroups: describeSecurityGroups,
});

/** Page API_SecurityGroup. */
function describeGroup(group: SecurityGroup, place: Place): readonly Element[] {
  return [
    ["ownerId", place.account],
    ["groupId", group.id],
    ["groupName", group.title],
    ["groupDescription", group.description],
    ["vpcId", group.vpcId],
    ["securityGroupArn", arnOf("ec2", place, `security-group/${group.id}`)],
    ["ipPermissions", describePermissions(visibleForms(group, false))],
    ["ipPermissionsEgress", describePermissions(visibleForms(group, true))],
    ["tagSet", []],
  ];
}

function visibleForms({ rules }: SecurityGroup, isEgress: boolean): readonly RuleForm[] {
  return [...rules.values()].flatMap((rule) => (rule.isEgress === isEgress ? (visibleForm(rule) ?? []) : []));
}
