/** From this memory on, a Lambda function has one whole CPU. */
export const wholeCpuMb = 1769;

/** The sample events that are handed over, under the names that results have. */
export const events = {
  "elasticache violation": "AuthorizeCacheSecurityGroupIngress/violating-foreign-owner.json",
  "elasticache permitted": "AuthorizeCacheSecurityGroupIngress/permitted-own-account.json",
  "redshift violation": "AuthorizeClusterSecurityGroupIngress/violating-open-range.json",
  "redshift permitted": "AuthorizeClusterSecurityGroupIngress/permitted-range.json",
} as const;

/** One of the sample events. */
export type EventName = keyof typeof events;

/** Who is measured, and what to call it. */
export const variants = {
  product: "ingress-warden",
  naive: "naive, node_modules",
  bundle: "naive, one bundle",
  floor: "no SDK, signed by hand",
  noop: "a handler that does nothing",
  boto3: "boto3, the same revoke",
  c7n: "Cloud Custodian, its import only",
} as const;

/** One of those who are measured. */
export type Variant = keyof typeof variants;

/** True for those who need a Python. */
export function isPython(variant: Variant): variant is "boto3" | "c7n" {
  return variant === "boto3" || variant === "c7n";
}

/** One thing to measure: one event, handed to one variant, with the CPU of one memory size once it is initialized. */
export interface Case {
  readonly variant: Variant;
  readonly event: EventName;
  readonly memoryMb: number;
}

/** The memory sizes that are compared, the last with a whole CPU. */
export const memories = [128, 256, 512, 1024, 1769] as const;

const violations: readonly EventName[] = ["elasticache violation", "redshift violation"];
const everyEvent = Object.keys(events) as EventName[];

function cases(variant: Variant, names: readonly EventName[], sizes: readonly number[]): Case[] {
  return names.flatMap((event) => sizes.map((memoryMb) => ({ variant, event, memoryMb })));
}

/** All that one round measures. */
export const wholeRound: readonly Case[] = [
  ...cases("product", ["elasticache violation", "elasticache permitted"], memories),
  ...cases("product", ["redshift violation"], [128, 512, wholeCpuMb]),
  ...cases("product", ["redshift permitted"], [wholeCpuMb]),
  ...cases("naive", everyEvent, [wholeCpuMb]),
  ...cases("naive", violations, [128]),
  ...cases("naive", ["elasticache violation"], [512]),
  ...cases("bundle", ["elasticache violation"], [128, 512, wholeCpuMb]),
  ...cases("bundle", ["elasticache permitted"], [wholeCpuMb]),
  ...cases("floor", violations, [wholeCpuMb]),
  ...cases("floor", ["elasticache violation"], [128, 512]),
  ...cases("noop", ["elasticache permitted"], [wholeCpuMb]),
  ...cases("boto3", ["elasticache violation"], [128, wholeCpuMb]),
  ...cases("c7n", ["elasticache violation"], [wholeCpuMb]),
];

/** What is enough to see that the bench runs. */
export const smokeRound: readonly Case[] = [
  ...cases("product", ["elasticache violation"], [128, wholeCpuMb]),
  ...cases("noop", ["elasticache permitted"], [wholeCpuMb]),
];
