import { type AccountId, accountId } from "./account.ts";

/** Where a resource lives. */
export interface Place {
  readonly partition: string;
  readonly account: AccountId;
  readonly region: string;
}

/** A partition and account: where a function runs and may call. */
export type Home = Pick<Place, "partition" | "account">;

/** Why nothing may be called for a place; undefined when it is at home, or home is anywhere. */
export function elsewhere({ partition, account }: Place, home: Home | undefined): string | undefined {
  if (!home || (home.partition === partition && home.account === account)) return undefined;
  return `it is in ${partition}, account ${account}; this function acts in ${home.partition}, account ${home.account}, only`;
}

/** True for a text that has the form of a Region's name. */
export function isRegion(text: unknown): text is string {
  return typeof text === "string" && /^[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}$/.test(text);
}

/** The partition that a Region belongs to, by the beginning of its name. */
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

/** A service's ARN taken apart; undefined for what is none, or names a Region of another partition. */
export function readArn(arn: string, service: string): { readonly place: Place; readonly resource: string } | undefined {
  const [prefix, partition, named, region, id = "", ...resource] = arn.split(":");
  const account = /^[0-9]{12}$/.test(id) ? accountId(id) : undefined;
  if (prefix !== "arn" || named !== service || !account || !isRegion(region) || partition !== partitionOf(region)) return undefined;
  return { place: { partition, account, region }, resource: resource.join(":") };
}
