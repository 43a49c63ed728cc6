import { isIPv4, isIPv6 } from "node:net";
import { type Group, type Ingress, openSecurityGroups, readSecurityGroup, type Source } from "../shared/classic-security-groups.ts";
import type { Family, Operation } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { type Element, elements, invalidCombination, invalidValue, list, optional, type Parameters, required } from "../wire/query.ts";

/** Redshift's cluster security groups: pages API_CreateClusterSecurityGroup, API_AuthorizeClusterSecurityGroupIngress and their neighbours. */
export const clusterSecurityGroups: Family = {
  api: redshift,
  open(_place, { settings }) {
    // "You can add as many as 20 ingress rules to an Amazon Redshift security group."
    const groups = openSecurityGroups({ noun: "ClusterSecurityGroup", maxIngress: 20 }, settings);
    const result = (group: Group): Element[] => [["ClusterSecurityGroup", describeGroup(group)]];

    return new Map<string, Operation>([
      ["CreateClusterSecurityGroup", (parameters) => result(groups.create(parameters, readTags(parameters)))],
      ["DeleteClusterSecurityGroup", (parameters) => void groups.remove(parameters)],
      ["AuthorizeClusterSecurityGroupIngress", (parameters) => result(groups.authorize(parameters, readSource(parameters)))],
      ["RevokeClusterSecurityGroupIngress", (parameters) => result(groups.revoke(parameters, readSource(parameters)))],
      [
        "DescribeClusterSecurityGroups",
        (parameters) => {
          if (parameters.has("ClusterSecurityGroupName") && parameters.has("Marker")) {
            throw invalidCombination("ClusterSecurityGroupName and Marker cannot be specified together.");
          }
          const { items, marker } = groups.describe(parameters, tagFilter(parameters));
          return [...marker, ["ClusterSecurityGroups", items.flatMap(result)]];
        },
      ],
    ]);
  },
};

/** A range or an EC2 security group, never both. A wrong mix is an InvalidParameterCombination, as RDS answers it (github.com/boto/boto/issues/1385). */
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

/** An address and a prefix length without leading zeros; bits to the right of the prefix may be set. */
function isRange(text: string): boolean {
  const [, address = "", length = ""] = /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (isIPv4(address)) return Number(length) <= 32;
  return isIPv6(address) && Number(length) <= 128;
}

/** `Tags.Tag.1.Key` and `Tags.Tag.1.Value`, and so on. */
function readTags(parameters: Parameters): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (let n = 1; parameters.has(`Tags.Tag.${n}.Key`); n += 1) {
    tags.set(required(parameters, `Tags.Tag.${n}.Key`), parameters.get(`Tags.Tag.${n}.Value`) ?? "");
  }
  return tags;
}

/** "All security groups that match any combination of the specified keys and values." */
function tagFilter(parameters: Parameters): (group: Group) => boolean {
  const keys = list(parameters, "TagKeys.TagKey");
  const values = list(parameters, "TagValues.TagValue");
  const fits = (wanted: readonly string[], text: string) => wanted.length === 0 || wanted.includes(text);
  if (keys.length + values.length === 0) return () => true;
  return ({ tags }) => [...tags].some(([key, value]) => fits(keys, key) && fits(values, value));
}

/** Page API_ClusterSecurityGroup. */
function describeGroup({ name, description, tags, ingress }: Group): Element[] {
  return [
    ["EC2SecurityGroups", ingress.filter(({ source }) => !("range" in source)).map(describeIngress)],
    ["IPRanges", ingress.filter(({ source }) => "range" in source).map(describeIngress)],
    ["ClusterSecurityGroupName", name],
    ["Description", description],
    ["Tags", [...tags].map(([key, value]): Element => ["Tag", elements({ Key: key, Value: value })])],
  ];
}

/** Pages API_IPRange and API_EC2SecurityGroup. */
function describeIngress({ source, status }: Ingress): Element {
  if ("range" in source)
    return [
      "IPRange",
      [
        ["Status", status],
        ["CIDRIP", source.range],
        ["Tags", []],
      ],
    ];
  const fields: Element[] = [
    ["Status", status],
    ["EC2SecurityGroupName", source.securityGroup],
    ["EC2SecurityGroupOwnerId", source.owner],
    ["Tags", []],
  ];
  return ["EC2SecurityGroup", fields];
}
