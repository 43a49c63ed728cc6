import { STSClient } from "@aws-sdk/client-sts";
import { isRegion, partitionOf } from "#domain/place.ts";
import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Flags, textFlag } from "../command.ts";
import { type Account, readAccounts } from "./accounts.ts";
import type { Role } from "./sts.ts";

/** What the flags say of places. */
export interface PlaceChoice {
  readonly accounts: readonly Account[];
  /** Undefined: every Region that the account has enabled. */
  readonly regions: readonly string[] | undefined;
  /** The Region in which STS is asked for roles. */
  readonly homeRegion: string;
  readonly role: Role | undefined;
  readonly concurrency: number;
}

/** Reads the flags. Throws a UsageError. */
export async function placeChoice(flags: Flags): Promise<PlaceChoice> {
  const accounts = await readAccounts(textFlag(flags, "accounts") ?? "self", "--accounts");
  const named = textFlag(flags, "regions");
  const regions = named === "all" ? undefined : named?.split(",").map((each) => each.trim());
  const wrong = regions?.find((region) => !isRegion(region));
  if (wrong !== undefined) throw new UsageError(`--regions has ${shown(wrong)}: write Regions such as eu-west-1,us-east-1, or all`);
  const homeRegion = await environmentRegion(regions);
  const foreign = regions?.find((region) => partitionOf(region) !== partitionOf(homeRegion));
  if (foreign)
    throw new UsageError(
      `--regions has ${foreign}, which is not in the partition ${partitionOf(homeRegion)}: credentials are for one partition`,
    );
  return {
    accounts,
    regions: regions ? [...new Set(regions)] : named === "all" ? undefined : [homeRegion],
    homeRegion,
    role: roleOf(flags),
    concurrency: concurrencyOf(flags),
  };
}

/** Returns the role that the flags name. Throws a UsageError. */
export function roleOf(flags: Flags): Role | undefined {
  const name = textFlag(flags, "role");
  const externalId = textFlag(flags, "external-id");
  if (name === undefined && externalId !== undefined) throw new UsageError("--external-id requires --role");
  if (name === undefined) return undefined;
  if (!/^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(name))
    throw new UsageError(`--role is ${shown(name)}: write the role's name, such as ingress-warden-reader, not its ARN`);
  return { name, externalId };
}

/** Returns `--concurrency`. Throws a UsageError. */
function concurrencyOf(flags: Flags): number {
  const text = textFlag(flags, "concurrency") ?? "8";
  const number = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 100) throw new UsageError(`--concurrency is ${shown(text)}: write a number from 1 to 100`);
  return number;
}

/** Returns the Region of the environment or the AWS configuration, or else the first that is named. Throws a UsageError. */
export async function environmentRegion([first]: readonly string[] = []): Promise<string> {
  try {
    const region = await new STSClient({}).config.region();
    if (isRegion(region)) return region;
    throw new UsageError(`the Region of the environment is ${shown(region)}: set AWS_REGION to a Region such as eu-west-1`);
  } catch (cause) {
    if (first !== undefined) return first;
    if (cause instanceof UsageError) throw cause;
    throw new UsageError("no Region is known: set AWS_REGION, or give --regions", { cause });
  }
}
