import type { ActionGroup, Operation } from "../operation.ts";
import { newId, type Place } from "../state.ts";
import { type Element, elements } from "../wire/elements.ts";
import { list } from "../wire/parameters.ts";
import { checkId, ec2Actions, ec2Error, ec2Required } from "./actions.ts";
import { checkNotPaged, filterOf, itemSet, pageUnlessNamed } from "./describe.ts";
import { groupSet, requestedGroupIds } from "./group-set.ts";
import { type Attachment, type NetworkInterface, networkInterfacesOf, putNetworkInterface } from "./network-interface-state.ts";
import { findSubnet } from "./vpc-state.ts";

/** Page API_CreateNetworkInterface. */
const createNetworkInterface: Operation = (parameters, place) => {
  const { id: subnetId, vpcId } = findSubnet(place, ec2Required(parameters, "SubnetId"));
  const groupIds = requestedGroupIds(parameters, place, vpcId, () =>
    ec2Error("InvalidParameter", "You have specified two resources that belong to different networks."),
  );
  const description = parameters.get("Description") ?? "";
  const form = { description, type: "interface", requester: place.account, isManaged: false, vpcId, subnetId, groupIds } as const;
  return [["networkInterface", describeNetworkInterface(putNetworkInterface(place, form), place)]];
};

/** Page API_AttachNetworkInterface. There are no instances here: any well-formed id is an instance of the account. */
const attachNetworkInterface: Operation = (parameters, place) => {
  const { name, ...form } = findNetworkInterface(place, ec2Required(parameters, "NetworkInterfaceId"));
  const instanceId = checkId(ec2Required(parameters, "InstanceId"), "i", "InvalidInstanceID.Malformed");
  const deviceIndex = Number(ec2Required(parameters, "DeviceIndex"));
  if (statusOf(form) !== "available") {
    throw ec2Error("InvalidNetworkInterface.InUse", `The network interface '${name}' is currently in use.`);
  }
  const id = newId("eni-attach", place);
  putNetworkInterface(place, { ...form, attachment: { id, instanceId, deviceIndex } }, name);
  return [
    ["attachmentId", id],
    ["networkCardIndex", 0],
  ];
};

/** Page API_DescribeNetworkInterfaces. */
const describeNetworkInterfaces: Operation = (parameters, place) => {
  const ids = list(parameters, "NetworkInterfaceId");
  checkNotPaged(parameters, ids, "networkInterfaceIds");
  const named = ids.map((id) => findNetworkInterface(place, id));
  const matches = filterOf<NetworkInterface>(parameters, {
    "network-interface-id": ({ name }) => [name],
    "group-id": ({ groupIds }) => groupIds,
    "vpc-id": ({ vpcId }) => [vpcId],
    description: ({ description }) => [description],
    "requester-id": ({ requester }) => [requester],
    "requester-managed": ({ isManaged }) => [String(isManaged)],
    "interface-type": ({ type }) => [type],
    status: (networkInterface) => [statusOf(networkInterface)],
  });
  const isNamed = ids.length > 0;
  const found = (isNamed ? named : [...networkInterfacesOf(place).values()]).filter(matches);
  const { items, marker } = pageUnlessNamed(found, isNamed, parameters, place);
  return [itemSet("networkInterfaceSet", items, (item) => describeNetworkInterface(item, place)), ...marker];
};

/** EC2's network interfaces. */
export const networkInterfaces: ActionGroup = ec2Actions({
  CreateNetworkInterface: createNetworkInterface,
  AttachNetworkInterface: attachNetworkInterface,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
});

function findNetworkInterface(place: Place, id: string): NetworkInterface {
  const found = networkInterfacesOf(place).get(checkId(id, "eni", "InvalidNetworkInterfaceID.Malformed"));
  if (found !== undefined) return found;
  throw ec2Error("InvalidNetworkInterfaceID.NotFound", `The networkInterface ID '${id}' does not exist`);
}

/** "If it is in use, the network interface is attached to an instance", or to a resource of a service (page API_NetworkInterface). */
function statusOf({ isManaged, attachment }: Pick<NetworkInterface, "isManaged" | "attachment">): "available" | "in-use" {
  return isManaged || attachment !== undefined ? "in-use" : "available";
}

/** Page API_NetworkInterface. */
function describeNetworkInterface(networkInterface: NetworkInterface, place: Place): readonly Element[] {
  const { name, subnetId, vpcId, description, requester, isManaged, type, address, groupIds, attachment } = networkInterface;
  return [
    ["networkInterfaceId", name],
    ["subnetId", subnetId],
    ["vpcId", vpcId],
    ["description", description],
    ["ownerId", place.account],
    ["requesterId", requester],
    ["requesterManaged", isManaged],
    ["status", statusOf(networkInterface)],
    ["interfaceType", type],
    ["privateIpAddress", address],
    groupSet(groupIds, place),
    ...(attachment === undefined ? [] : [describeAttachment(attachment, place)]),
    ["tagSet", []],
  ];
}

/** Page API_NetworkInterfaceAttachment. */
function describeAttachment({ id, instanceId, deviceIndex }: Attachment, { account }: Place): Element {
  const fields = { attachmentId: id, instanceId, instanceOwnerId: account, deviceIndex, networkCardIndex: 0, status: "attached" };
  return ["attachment", elements({ ...fields, deleteOnTermination: false })];
}
