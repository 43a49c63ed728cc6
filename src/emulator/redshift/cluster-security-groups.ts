import { isIPv4, isIPv6 } from "node:net";
import type { ActionGroup, Operation } from "../operation.ts";
import {
  authorizeIngress,
  type ClassicGroup,
  createGroup,
  defineGroups,
  deleteGroup,
  describeGroups,
  type Ingress,
  readSecurityGroup,
  revokeIngress,
  type Source,
} from "../shared/classic-security-groups.ts";
import { redshift } from "../wire/apis.ts";
import { type Element, elements } from "../wire/elements.ts";
import { invalidCombination, invalidValue } from "../wire/errors.ts";
import { list, optional, type Parameters, required } from "../wire/parameters.ts";

/** "You can add as many as 20 ingress rules to an Amazon Redshift security group" (page API_AuthorizeClusterSecurityGroupIngress). */
const groups = defineGroups("ClusterSecurityGroup", 20);

/** Page API_CreateClusterSecurityGroup. */
const create: Operation = (parameters, place) => [describeGroup(createGroup(groups, parameters, place, readTags(parameters)))];

/** Page API_DeleteClusterSecurityGroup. */
const remove: Operation = (parameters, place) => {
  deleteGroup(groups, parameters, place);
  return undefined;
};

/** Page API_AuthorizeClusterSecurityGroupIngress. */
const authorize: Operation = (parameters, place) => [describeGroup(authorizeIngress(groups, parameters, place, readSource(parameters)))];

/** Page API_RevokeClusterSecurityGroupIngress. */
const revoke: Operation = (parameters, place) => [describeGroup(revokeIngress(groups, parameters, place, readSource(parameters)))];

/** Page API_DescribeClusterSecurityGroups. */
const describe: Operation = (parameters, place) => {
  if (parameters.has("ClusterSecurityGroupName") && parameters.has("Marker")) {
    throw invalidCombination("ClusterSecurityGroupName and Marker cannot be specified together.");
  }
  const { items, marker } = describeGroups(groups, parameters, place, tagFilter(parameters));
  return [...marker, ["ClusterSecurityGroups", items.map(describeGroup)]];
};

/** Redshift's cluster security groups. */
export const clusterSecurityGroups: ActionGroup = {
  api: redshift,
  operations: {
    CreateClusterSecurityGroup: create,
    DeleteClusterSecurityGroup: remove,
    AuthorizeClusterSecurityGroupIngress: authorize,
    RevokeClusterSecurityGroupIngress: revoke,
    DescribeClusterSecurityGroups: describe,
  },
};

/** A range or an EC2 security group. Any other combination is an InvalidParameterCombination, as RDS answers it (github.com/boto/boto/issues/1385). */
function readSource(parameters: Parameters): Source {
  const range = optional(parameters, "CIDRIP");
  const fields = ["EC2SecurityGroupName", "EC2SecurityGroupOwnerId"].filter((name) => parameters.has(name));
  if (range === undefined ? fields.length !== 2 : fields.length !== 0) {
    throw invalidCombination("Specify either CIDRIP or both EC2SecurityGroupName and EC2SecurityGroupOwnerId.");
  }
  if (range === undefined) return readSecurityGroup(parameters);
  if (!isRange(range)) throw invalidValue(`Invalid CIDR range: ${range}`);
  return { range };
}

/** An address and a prefix length without leading zeros; the address may have host bits. */
function isRange(text: string): boolean {
  const [, address = "", length = ""] = /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (isIPv4(address)) return Number(length) <= 32;
  return isIPv6(address) && Number(length) <= 128;
}

/** `Tags.Tag.1.Key`, `Tags.Tag.1.Value` and so on. It ends at the first tag without a key. */
function readTags(parameters: Parameters): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (let n = 1; parameters.has(`Tags.Tag.${n}.Key`); n += 1) {
    tags.set(required(parameters, `Tags.Tag.${n}.Key`), parameters.get(`Tags.Tag.${n}.Value`) ?? "");
  }
  return tags;
}

/** "All security groups that match any combination of the specified keys and values" (page API_DescribeClusterSecurityGroups). */
function tagFilter(parameters: Parameters): (group: ClassicGroup) => boolean {
  const keys = list(parameters, "TagKeys.TagKey");
  const values = list(parameters, "TagValues.TagValue");
  const matches = (wanted: readonly string[], text: string) => wanted.length === 0 || wanted.includes(text);
  if (keys.length + values.length === 0) return () => true;
  return ({ tags }) => [...tags].some(([key, value]) => matches(keys, key) && matches(values, value));
}

/** Page API_ClusterSecurityGroup. */
function describeGroup({ name, description, tags, ingress }: ClassicGroup): Element {
  const fields: Element[] = [
    ["EC2SecurityGroups", ingress.filter(({ source }) => !("range" in source)).map(describeIngress)],
    ["IPRanges", ingress.filter(({ source }) => "range" in source).map(describeIngress)],
    ["ClusterSecurityGroupName", name],
    ["Description", description],
    ["Tags", [...tags].map(([key, value]): Element => ["Tag", elements({ Key: key, Value: value })])],
  ];
  return ["ClusterSecurityGroup", fields];
}

/** Pages API_IPRange and API_EC2SecurityGroup. */
function describeIngress({ source, status }: Ingress): Element {
  if ("range" in source) return ["IPRange", elements({ Status: status, CIDRIP: source.range, Tags: [] })];
  const { securityGroup, owner } = source;
  const fields = { Status: status, EC2SecurityGroupName: securityGroup, EC2SecurityGroupOwnerId: owner, Tags: [] };
  return ["EC2SecurityGroup", elements(fields)];
}
