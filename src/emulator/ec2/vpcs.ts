import { arnOf, type Family, newId, type Place, perPlace, type World } from "../state.ts";
import { ec2 } from "../wire/apis.ts";
import { canonicalIPv4 } from "../wire/ip-ranges.ts";
import { type Element, invalidValue, list } from "../wire/query.ts";
import { checkId, ec2Error, ec2Operations, filterOf, needed } from "./operations.ts";

interface Vpc {
  readonly id: string;
  readonly cidr: string;
}

interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
}

/** The networks of one place. */
interface Vpcs {
  readonly defaultId: string;
  readonly all: ReadonlyMap<string, Vpc>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  addVpc(cidr: string): Vpc;
  addSubnet(vpcId: string, cidr: string): Subnet;
  /** Refuses an identifier that nothing has. */
  find(id: string): Vpc;
}

/** Opens a place with what every Region of an account has: a default VPC with a default subnet. */
export const openVpcs: (place: Place, world: World) => Vpcs = perPlace((_place, world) => {
  const all = new Map<string, Vpc>();
  const subnets = new Map<string, Subnet>();
  const addVpc = (cidr: string, id = newId("vpc", world)): Vpc => {
    const vpc = { id, cidr };
    all.set(id, vpc);
    return vpc;
  };
  const addSubnet = (vpcId: string, cidr: string): Subnet => {
    const subnet = { id: newId("subnet", world), vpcId, cidr };
    subnets.set(subnet.id, subnet);
    return subnet;
  };
  const defaultId = addVpc("172.31.0.0/16").id;
  addSubnet(defaultId, "172.31.0.0/20");

  return {
    defaultId,
    all,
    subnets,
    addVpc: (cidr) => addVpc(cidr),
    addSubnet,
    find(id) {
      const vpc = all.get(checkId(id, "vpc", "InvalidVpcID.Malformed"));
      if (vpc !== undefined) return vpc;
      if (world.settings.createMissing) return addVpc("10.0.0.0/16", id);
      throw ec2Error("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
    },
  };
});

/** EC2's networks, as far as groups and network interfaces need some to be in: pages API_CreateVpc, API_CreateSubnet and their neighbours. */
export const vpcs: Family = {
  api: ec2,
  open(place, world) {
    const state = openVpcs(place, world);

    const describeVpc = ({ id, cidr }: Vpc): Element[] => [
      ["vpcId", id],
      ["ownerId", place.account],
      ["state", "available"],
      ["cidrBlock", cidr],
      ["isDefault", id === state.defaultId],
    ];
    const describeSubnet = ({ id, vpcId, cidr }: Subnet): Element[] => [
      ["subnetId", id],
      ["subnetArn", arnOf("ec2", place, `subnet/${id}`)],
      ["vpcId", vpcId],
      ["state", "available"],
      ["cidrBlock", cidr],
    ];
    const range = (text: string): string => {
      const cidr = canonicalIPv4(text);
      if (cidr === undefined) throw invalidValue(`Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
      return cidr;
    };

    return ec2Operations([
      ["CreateVpc", (parameters) => [["vpc", describeVpc(state.addVpc(range(needed(parameters, "CidrBlock"))))]]],
      [
        "DescribeVpcs",
        (parameters) => {
          const named = list(parameters, "VpcId").map((id) => state.find(id));
          const fits = filterOf<Vpc>(
            parameters,
            new Map([
              ["vpc-id", ({ id }: Vpc) => [id]],
              ["is-default", ({ id }: Vpc) => [String(id === state.defaultId)]],
              ["isDefault", ({ id }: Vpc) => [String(id === state.defaultId)]],
            ]),
          );
          const found = named.length > 0 ? named : [...state.all.values()];
          return [["vpcSet", found.filter(fits).map((vpc): Element => ["item", describeVpc(vpc)])]];
        },
      ],
      [
        "CreateSubnet",
        (parameters) => {
          const vpc = state.find(needed(parameters, "VpcId"));
          return [["subnet", describeSubnet(state.addSubnet(vpc.id, range(needed(parameters, "CidrBlock"))))]];
        },
      ],
      [
        "DescribeSubnets",
        (parameters) => {
          const fits = filterOf<Subnet>(
            parameters,
            new Map([
              ["vpc-id", ({ vpcId }: Subnet) => [vpcId]],
              ["subnet-id", ({ id }: Subnet) => [id]],
            ]),
          );
          return [["subnetSet", [...state.subnets.values()].filter(fits).map((subnet): Element => ["item", describeSubnet(subnet)])]];
        },
      ],
    ]);
  },
};
