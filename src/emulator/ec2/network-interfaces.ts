import { type Family, newId, type Place, perPlace, type World } from "../state.ts";
import { ec2 } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, elements, list, QueryError } from "../wire/query.ts";
import { checkId, ec2Error, ec2Operations, ec2Paging, filterOf, needed, refuseNamedPages } from "./operations.ts";
import { openVpcGroups } from "./security-group-state.ts";
import { openVpcs } from "./vpcs.ts";

/** A network interface, and who asked for it: an account, or a service such as "amazon-elasticache" for one of its own. */
export interface NetworkInterface {
  readonly name: string;
  readonly description: string;
  readonly type: "interface" | "vpc_endpoint";
  readonly requester: string;
  readonly isManaged: boolean;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly address: string;
  readonly groupIds: readonly string[];
}

/** What a service puts into a VPC for something that its users made. */
interface Attachment {
  /** What it was made for: one network interface each. */
  readonly owner: string;
  readonly description: string;
  readonly type: NetworkInterface["type"];
  readonly requester: string;
  /** None: the default group of the default VPC. */
  readonly groupIds: readonly string[];
}

/** The network interfaces of one place. */
interface NetworkInterfaces {
  readonly all: ReadonlyMap<string, NetworkInterface>;
  add(made: Omit<NetworkInterface, "name" | "address">, id?: string): NetworkInterface;
  /** Makes the one of this owner, or gives it other groups. Refuses groups that do not exist, or makes them if missing things are made. */
  attach(attachment: Attachment, refuse: (message: string) => QueryError): NetworkInterface;
  detach(owner: string): void;
}

/** Opens the network interfaces of one place, where those who make stores attach theirs. */
export const openNetworkInterfaces: (place: Place, world: World) => NetworkInterfaces = perPlace((place, world) => {
  const groups = openVpcGroups(place, world);
  const networks = openVpcs(place, world);
  const all = new Map<string, NetworkInterface>();
  const attached = new Map<string, string>();

  const add: NetworkInterfaces["add"] = (made, id = newId("eni", world)) => {
    const host = all.get(id)?.address ?? `172.31.${(all.size >> 8) & 15}.${(all.size + 4) & 255}`;
    const networkInterface = { ...made, name: id, address: host };
    all.set(id, networkInterface);
    return networkInterface;
  };

  return {
    all,
    add,
    attach({ owner, groupIds, ...attachment }, refuse) {
      try {
        const own = groupIds.map((id) => groups.targetOrMade(new Map([["GroupId", id]])));
        const [first = groups.defaultOf(networks.defaultId), ...others] = own;
        const vpcId = first.vpcId;
        if (others.some((group) => group.vpcId !== vpcId)) throw refuse("The security groups are in different VPCs.");
        const subnetId =
          [...networks.subnets.values()].find((subnet) => subnet.vpcId === vpcId)?.id ?? networks.addSubnet(vpcId, "10.0.0.0/24").id;
        const names = [first, ...others].map(({ id }) => id);
        const made = add({ ...attachment, isManaged: true, vpcId, subnetId, groupIds: names }, attached.get(owner));
        attached.set(owner, made.name);
        return made;
      } catch (error) {
        // EC2's refusal, in the words of the service that was asked.
        throw error instanceof QueryError ? refuse(error.message) : error;
      }
    },
    detach(owner) {
      all.delete(attached.get(owner) ?? "");
      attached.delete(owner);
    },
  };
});

/** EC2's network interfaces: pages API_CreateNetworkInterface and API_DescribeNetworkInterfaces. */
export const networkInterfaces: Family = {
  api: ec2,
  open(place, world) {
    const state = openNetworkInterfaces(place, world);
    const groups = openVpcGroups(place, world);
    const networks = openVpcs(place, world);

    /** Page API_NetworkInterface. */
    const describe = (made: NetworkInterface): Element[] => [
      ["networkInterfaceId", made.name],
      ["subnetId", made.subnetId],
      ["vpcId", made.vpcId],
      ["description", made.description],
      ["ownerId", place.account],
      ["requesterId", made.requester],
      ["requesterManaged", made.isManaged],
      ["status", made.isManaged ? "in-use" : "available"],
      ["interfaceType", made.type],
      ["privateIpAddress", made.address],
      ["groupSet", made.groupIds.map((id): Element => ["item", elements({ groupId: id, groupName: groups.find(id).title })])],
      ["tagSet", []],
    ];

    const filterValues = new Map([
      ["network-interface-id", ({ name }: NetworkInterface) => [name]],
      ["group-id", ({ groupIds }: NetworkInterface) => groupIds],
      ["vpc-id", ({ vpcId }: NetworkInterface) => [vpcId]],
      ["description", ({ description }: NetworkInterface) => [description]],
      ["requester-id", ({ requester }: NetworkInterface) => [requester]],
      ["requester-managed", ({ isManaged }: NetworkInterface) => [String(isManaged)]],
      ["interface-type", ({ type }: NetworkInterface) => [type]],
    ]);

    return ec2Operations([
      [
        "CreateNetworkInterface",
        (parameters) => {
          const subnetId = needed(parameters, "SubnetId");
          const subnet = networks.subnets.get(checkId(subnetId, "subnet", "InvalidSubnetID.Malformed"));
          if (subnet === undefined) throw ec2Error("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
          const asked = list(parameters, "SecurityGroupId").map(groups.find);
          const own = asked.length > 0 ? asked : [groups.defaultOf(subnet.vpcId)];
          if (own.some(({ vpcId }) => vpcId !== subnet.vpcId)) {
            throw ec2Error("InvalidParameter", "You have specified two resources that belong to different networks.");
          }
          const made = state.add({
            description: parameters.get("Description") ?? "",
            type: "interface",
            requester: place.account,
            isManaged: false,
            vpcId: subnet.vpcId,
            subnetId,
            groupIds: own.map(({ id }) => id),
          });
          return [["networkInterface", describe(made)]];
        },
      ],
      [
        "DescribeNetworkInterfaces",
        (parameters) => {
          const ids = list(parameters, "NetworkInterfaceId");
          refuseNamedPages(parameters, ids, "networkInterfaceIds");
          const named = ids.map((id) => {
            const found = state.all.get(checkId(id, "eni", "InvalidNetworkInterfaceID.Malformed"));
            if (found === undefined) throw ec2Error("InvalidNetworkInterfaceID.NotFound", `The networkInterface ID '${id}' does not exist`);
            return found;
          });
          const found = (ids.length > 0 ? named : [...state.all.values()]).filter(filterOf<NetworkInterface>(parameters, filterValues));
          const { items, marker } =
            ids.length > 0 ? { items: found, marker: [] } : pageOf(found, parameters, world.settings, ec2Paging(5, 1000));
          return [["networkInterfaceSet", items.map((item): Element => ["item", describe(item)])], ...marker];
        },
      ],
    ]);
  },
};
