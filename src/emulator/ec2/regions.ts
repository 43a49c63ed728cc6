import type { ActionGroup, Operation } from "../operation.ts";
import { type Region, regionsOf } from "../regions.ts";
import { elements } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { list } from "../wire/parameters.ts";
import { ec2Actions } from "./actions.ts";
import { filterOf, itemSet } from "./describe.ts";

/**
 * Page API_DescribeRegions: "the Regions that are enabled for your account, or all Regions", or the named ones, "whether they are enabled and
 * disabled". The text for an unknown one is that of github.com/awslabs/amazon-s3-tar-tool/pull/7.
 */
const describeRegions: Operation = (parameters, place) => {
  const all = regionsOf(place.region, place.world.settings);
  const named = list(parameters, "RegionName");
  const unknown = named.filter((name) => all.every((region) => region.name !== name));
  if (unknown.length > 0) throw invalidValue(`Invalid region: [${unknown.join(", ")}]`);
  const matches = filterOf<Region>(parameters, {
    "region-name": ({ name }) => [name],
    "opt-in-status": ({ status }) => [status],
    endpoint: ({ name }) => [endpointOf(name)],
  });
  const isAsked = ({ name, status }: Region) =>
    named.length > 0 ? named.includes(name) : parameters.get("AllRegions") === "true" || status !== "not-opted-in";
  return [itemSet("regionInfo", all.filter(isAsked).filter(matches), describeRegion)];
};

/** EC2's list of Regions. */
export const regions: ActionGroup = ec2Actions({ DescribeRegions: describeRegions });

/** Page API_Region. */
function describeRegion({ name, status }: Region) {
  return elements({ regionName: name, regionEndpoint: endpointOf(name), optInStatus: status });
}

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
