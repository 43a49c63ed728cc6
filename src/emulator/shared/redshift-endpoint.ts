import type { NetworkInterface } from "../ec2/network-interface-state.ts";
import { defaultGroup } from "../ec2/security-group-state.ts";
import type { VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { Place } from "../state.ts";

/** The service of an endpoint that Redshift manages. It is not documented: here it has the form of any account's, so that it tells nothing. */
export function redshiftService({ region }: Place): string {
  return `com.amazonaws.vpce.${region}.vpce-svc-00000000000000002`;
}

/**
 * The VPC endpoint through which clients reach a cluster or workgroup with these groups. It is not documented that the endpoint has the
 * same groups; if not, it has the VPC's default group ("if this parameter is not specified", page API_CreateVpcEndpoint).
 */
export function redshiftEndpoint(
  place: Place,
  { vpcId, groupIds }: Pick<NetworkInterface, "vpcId" | "groupIds">,
): Pick<VpcEndpoint, "serviceName" | "groupIds"> {
  const carriesGroups = place.world.settings.endpointsCarryGroups;
  return { serviceName: redshiftService(place), groupIds: carriesGroups ? groupIds : [defaultGroup(place, vpcId).id] };
}
