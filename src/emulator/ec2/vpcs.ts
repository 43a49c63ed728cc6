import { arnOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { canonicalIPv4 } from "../wire/ip-ranges.ts";
import { list, type Parameters } from "../wire/parameters.ts";
import { ec2Actions, ec2Required } from "./actions.ts";
import { filterOf, itemSet } from "./describe.ts";
import { addSubnet, addVpc, findVpc, networksOf, type Subnet, type Vpc } from "./vpc-state.ts";

/** Page API_CreateVpc. */
const createVpc: Operation = (parameters, place) => [["vpc", describeVpc(addVpc(place, readCidrBlock(parameters)), place)]];

/** Page API_DescribeVpcs. */
const describeVpcs: Operation = (parameters, place) => {
  const named = list(parameters, "VpcId").map((id) => findVpc(place, id));
  const isDefault = ({ id }: Vpc) => [String(id === networksOf(place).defaultVpcId)];
  const matches = filterOf<Vpc>(parameters, { "vpc-id": ({ id }) => [id], "is-default": isDefault, isDefault });
  const found = named.length > 0 ? named : [...networksOf(place).vpcs.values()];
  return [itemSet("vpcSet", found.filter(matches), (vpc) => describeVpc(vpc, place))];
};

/** Page API_CreateSubnet. */
const createSubnet: Operation = (parameters, place) => {
  const vpc = findVpc(place, ec2Required(parameters, "VpcId"));
  return [["subnet", describeSubnet(addSubnet(place, vpc.id, readCidrBlock(parameters)), place)]];
};

/** Page API_DescribeSubnets. */
const describeSubnets: Operation = (parameters, place) => {
  const matches = filterOf<Subnet>(parameters, { "vpc-id": ({ vpcId }) => [vpcId], "subnet-id": ({ id }) => [id] });
  const found = [...networksOf(place).subnets.values()].filter(matches);
  return [itemSet("subnetSet", found, (subnet) => describeSubnet(subnet, place))];
};

/** EC2's VPCs and subnets, as far as security groups and network interfaces need them. */
export const vpcs: ActionGroup = ec2Actions({
  CreateVpc: createVpc,
  DescribeVpcs: describeVpcs,
  CreateSubnet: createSubnet,
  DescribeSubnets: describeSubnets,
});

function readCidrBlock(parameters: Parameters): string {
  const text = ec2Required(parameters, "CidrBlock");
  const cidr = canonicalIPv4(text);
  if (cidr === undefined) throw invalidValue(`Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  return cidr;
}

/** Page API_Vpc. */
function describeVpc({ id, cidr }: Vpc, place: Place): readonly Element[] {
  return [
    ["vpcId", id],
    ["ownerId", place.account],
    ["state", "available"],
    ["cidrBlock", cidr],
    ["isDefault", id === networksOf(place).defaultVpcId],
  ];
}

/** Page API_Subnet. */
function describeSubnet({ id, vpcId, cidr }: Subnet, place: Place): readonly Element[] {
  return [
    ["subnetId", id],
    ["subnetArn", arnOf("ec2", place, `subnet/${id}`)],
    ["vpcId", vpcId],
    ["state", "available"],
    ["cidrBlock", cidr],
  ];
}
