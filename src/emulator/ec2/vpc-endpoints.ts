import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { type Element, elements } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { pageOf } from "../wire/paging.ts";
import { integer, list } from "../wire/parameters.ts";
import { checkId, ec2Actions, ec2Error, ec2Required } from "./actions.ts";
import { ec2Paging, filterOf, itemSet } from "./describe.ts";
import { groupSet, requestedGroupIds } from "./group-set.ts";
import { addOwnEndpoint, deleteEndpoint, type VpcEndpoint, vpcEndpointsOf } from "./vpc-endpoint-state.ts";
import { findSubnet, findVpc } from "./vpc-state.ts";

/** Page API_CreateVpcEndpoint. Any service exists; there are no endpoints of other types, although Gateway is the default. */
const createVpcEndpoint: Operation = (parameters, place) => {
  const type = parameters.get("VpcEndpointType") ?? "Gateway";
  if (type !== "Interface") throw ec2Error("UnsupportedOperation", `The emulator has no VPC endpoints of type ${type}`);
  const { id: vpcId } = findVpc(place, ec2Required(parameters, "VpcId"));
  const serviceName = ec2Required(parameters, "ServiceName");
  const subnetIds = list(parameters, "SubnetId").map((id) => findSubnet(place, id).id);
  const groupIds = requestedGroupIds(parameters, place, vpcId, () =>
    invalidValue("The security groups are not in the VPC of the endpoint."),
  );
  const endpoint = addOwnEndpoint(place, { serviceName, vpcId, groupIds }, subnetIds);
  return [["vpcEndpoint", describeEndpoint(endpoint, place)]];
};

/** Page API_DescribeVpcEndpoints. "If the value is greater than 1,000, we return only 1,000 items." */
const describeVpcEndpoints: Operation = (parameters, place) => {
  const named = list(parameters, "VpcEndpointId").map((id) => findEndpoint(place, id));
  const matches = filterOf<VpcEndpoint>(parameters, {
    "vpc-endpoint-id": ({ name }) => [name],
    "vpc-id": ({ vpcId }) => [vpcId],
    "service-name": ({ serviceName }) => [serviceName],
    "vpc-endpoint-type": () => ["Interface"],
    "vpc-endpoint-state": () => ["available"],
  });
  const found = (named.length > 0 ? named : [...vpcEndpointsOf(place).values()]).filter(matches);
  const size = Math.min(integer(parameters, "MaxResults") ?? 1000, 1000);
  const { items, marker } = pageOf(found, new Map([...parameters, ["MaxResults", `${size}`]]), place, ec2Paging(1, 1000));
  return [itemSet("vpcEndpointSet", items, (endpoint) => describeEndpoint(endpoint, place)), ...marker];
};

/**
 * Page API_DeleteVpcEndpoints: what cannot be deleted is in a success's `unsuccessful`. Its codes are not documented. An account cannot
 * delete what a service manages (github.com/gruntwork-io/cloud-nuke/pull/1037).
 */
const deleteVpcEndpoints: Operation = (parameters, place) => {
  const kept: { readonly resourceId: string; readonly code: string }[] = [];
  for (const resourceId of list(parameters, "VpcEndpointId")) {
    const endpoint = vpcEndpointsOf(place).get(resourceId);
    if (endpoint === undefined) kept.push({ resourceId, code: "InvalidVpcEndpoint.NotFound" });
    else if (endpoint.isManaged) kept.push({ resourceId, code: "InvalidParameter" });
    else deleteEndpoint(place, endpoint);
  }
  const describe = ({ resourceId, code }: (typeof kept)[number]) =>
    elements({ resourceId, error: elements({ code, message: `${resourceId} cannot be deleted.` }) });
  return [itemSet("unsuccessful", kept, describe)];
};

/** EC2's interface endpoints. */
export const vpcEndpoints: ActionGroup = ec2Actions({
  CreateVpcEndpoint: createVpcEndpoint,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DeleteVpcEndpoints: deleteVpcEndpoints,
});

function findEndpoint(place: Place, id: string): VpcEndpoint {
  const found = vpcEndpointsOf(place).get(checkId(id, "vpce", "InvalidVpcEndpointId.Malformed"));
  if (found !== undefined) return found;
  throw ec2Error("InvalidVpcEndpointId.NotFound", `The Vpc Endpoint Id '${id}' does not exist`);
}

/** Page API_VpcEndpoint. */
function describeEndpoint(endpoint: VpcEndpoint, place: Place): readonly Element[] {
  const { name, serviceName, vpcId, groupIds, isManaged, networkInterfaces } = endpoint;
  const items = (texts: readonly string[]) => texts.map((text): Element => ["item", text]);
  return [
    ["vpcEndpointId", name],
    ["vpcEndpointType", "Interface"],
    ["vpcId", vpcId],
    ["serviceName", serviceName],
    ["state", "available"],
    ["subnetIdSet", items(networkInterfaces.map(({ subnetId }) => subnetId))],
    groupSet(groupIds, place),
    ["requesterManaged", isManaged],
    ["networkInterfaceIdSet", items(networkInterfaces.map((one) => one.name))],
    ["ownerId", place.account],
    ["tagSet", []],
  ];
}
