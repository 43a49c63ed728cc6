import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import { ec2 } from "#aws/ec2.ts";
import { AwsFailure } from "#aws/failure.ts";
import { isRegion, type Place, partitionOf } from "#domain/place.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PlaceChoice } from "./choice.ts";
import { inParallel } from "./in-parallel.ts";
import type { Reach } from "./reach.ts";

/** A place to list, or one of an account whose Regions are not known. */
export type FoundPlace = { readonly place: Place; readonly problem?: string };

/** Returns the places that the flags choose: each account with each Region. Throws a UsageError when a role is missing. */
export async function findPlaces(choice: PlaceChoice, reach: Reach): Promise<readonly FoundPlace[]> {
  const { accounts, homeRegion, role, concurrency } = choice;
  const ids = [...new Set(accounts.map((account) => (account === "self" ? reach.own.account : account)))];
  const other = ids.find((account) => account !== reach.own.account);
  if (other && !role)
    throw new UsageError(
      `--accounts has ${other}, and the credentials are for ${reach.own.account}: give --role NAME, to assume in each account`,
    );
  const found = new Map<string, readonly FoundPlace[]>();
  await inParallel(ids, concurrency, async (account) => {
    const placeIn = (region: string): Place => ({ partition: partitionOf(region), account, region });
    found.set(
      account,
      choice.regions ? choice.regions.map((region) => ({ place: placeIn(region) })) : await enabledRegions(placeIn(homeRegion), reach),
    );
  });
  return ids.flatMap((account) => found.get(account) ?? []);
}

/**
 * Returns the Regions that an account has enabled, or why they are not known.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
 */
async function enabledRegions(place: Place, reach: Reach): Promise<readonly FoundPlace[]> {
  try {
    const { send, close } = await reach.to(place);
    try {
      const { Regions } = await send(ec2, new DescribeRegionsCommand({}), "Regions");
      return Regions.flatMap(({ RegionName }) => (isRegion(RegionName) ? { place: { ...place, region: RegionName } } : []));
    } finally {
      close();
    }
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    return [{ place, problem: `the Regions of the account are not known: ${failure.message}` }];
  }
}
