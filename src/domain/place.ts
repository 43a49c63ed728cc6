import { type AccountId, accountId } from "./account.ts";

/** Where a resource is: a partition, such as `aws`, an account and a Region. */
export interface Place {
  readonly partition: string;
  readonly account: AccountId;
  readonly region: string;
}

/** The partition and account in which a function runs, and the only ones in which it may call AWS. */
export type Home = Pick<Place, "partition" | "account">;

/** Returns why nothing may be called at a place; undefined when the place is at home, or when there is no home. */
export function notHomeReason({ partition, account }: Place, home: Home | undefined): string | undefined {
  if (!home || (home.partition === partition && home.account === account)) return undefined;
  return `the resource is in ${partition}, account ${account}, and this function acts only in ${home.partition}, account ${home.account}`;
}

/** True for a text in the form of a Region code, such as eu-west-1. */
export function isRegion(text: unknown): text is string {
  return typeof text === "string" && /^[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}$/.test(text);
}

/**
 * Returns the partition of a Region, by the prefix of its code.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): string {
  const prefixes = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "us-iso-": "aws-iso",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
  };
  return Object.entries(prefixes).find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}

/**
 * Reads the place and the resource part of an ARN. Returns undefined for a text that is not an ARN of the service, and for a
 * Region that is not in the ARN's partition.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function readArn(arn: string, service: string): { readonly place: Place; readonly resource: string } | undefined {
  const [prefix, partition, arnService, region, id = "", ...resource] = arn.split(":");
  const account = /^[0-9]{12}$/.test(id) ? accountId(id) : undefined;
  if (prefix !== "arn" || arnService !== service || !account || !isRegion(region) || partition !== partitionOf(region)) return undefined;
  return { place: { partition, account, region }, resource: resource.join(":") };
}
