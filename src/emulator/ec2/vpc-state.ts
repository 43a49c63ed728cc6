import { newId, type Place, perPlace } from "../state.ts";
import { checkId, ec2Error } from "./actions.ts";

/** A VPC. */
export interface Vpc {
  readonly id: string;
  readonly cidr: string;
}

/** A subnet of a VPC. */
export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
}

/** The VPCs and subnets of a place. */
interface Networks {
  readonly defaultVpcId: string;
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
}

/** The networks of a place. Each Region of an account starts with a default VPC and a default subnet. */
export const networksOf: (place: Place) => Networks = perPlace((place) => {
  const vpc = { id: newId("vpc", place), cidr: "172.31.0.0/16" };
  const subnet = { id: newId("subnet", place), vpcId: vpc.id, cidr: "172.31.0.0/20" };
  return { defaultVpcId: vpc.id, vpcs: new Map([[vpc.id, vpc]]), subnets: new Map([[subnet.id, subnet]]) };
});

/** Creates a VPC. */
export function addVpc(place: Place, cidr: string, id: string = newId("vpc", place)): Vpc {
  const vpc = { id, cidr };
  networksOf(place).vpcs.set(id, vpc);
  return vpc;
}

/** Creates a subnet. */
export function addSubnet(place: Place, vpcId: string, cidr: string): Subnet {
  const subnet = { id: newId("subnet", place), vpcId, cidr };
  networksOf(place).subnets.set(subnet.id, subnet);
  return subnet;
}

/** The VPC with this id. With `createMissing`, an unknown VPC is created; without, throws InvalidVpcID.NotFound. */
export function findVpc(place: Place, id: string): Vpc {
  const vpc = networksOf(place).vpcs.get(checkId(id, "vpc", "InvalidVpcID.Malformed"));
  if (vpc !== undefined) return vpc;
  if (place.world.settings.createMissing) return addVpc(place, "10.0.0.0/16", id);
  throw ec2Error("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
}

/** The subnet with this id. Throws InvalidSubnetID.NotFound. */
export function findSubnet(place: Place, id: string): Subnet {
  const subnet = networksOf(place).subnets.get(checkId(id, "subnet", "InvalidSubnetID.Malformed"));
  if (subnet === undefined) throw ec2Error("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
  return subnet;
}
