import type { NetworkInterface } from "../ec2/network-interface-state.ts";
import { defaultGroup } from "../ec2/security-group-state.ts";
import { putStoreEndpoint, type VpcEndpoint } from "../ec2/vpc-endpoint-state.ts";
import type { Place } from "../state.ts";
import type { QueryError } from "../wire/errors.ts";

/** The service of an endpoint that Redshift manages. It is not documented: here it has the form of any account's, so that it tells nothing. */
function redshiftService({ region }: Place): string {
  return `com.amazonaws.vpce.${region}.vpce-svc-00000000000000002`;
}

/**
 * True for the name of a managed VPC endpoint: "1-30 characters … A-Z, a-z, 0-9, and hyphen(-) … The name can't contain two consecutive
 * hyphens or end with a hyphen" (pages API_CreateEndpointAccess of redshift and redshift-serverless).
 */
export function isEndpointName(name: string): boolean {
  return /^[a-z](-?[a-z0-9])*$/i.test(name) && name.length <= 30;
}

/** Creates the VPC endpoint of a managed endpoint, or changes its groups. Throws like `putStoreEndpoint`. */
export function putRedshiftEndpoint(
  place: Place,
  current: VpcEndpoint | undefined,
  groupIds: readonly string[],
  refuse: (message: string) => QueryError,
): VpcEndpoint {
  return putStoreEndpoint(place, current, { serviceName: redshiftService(place), groupIds }, refuse);
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
