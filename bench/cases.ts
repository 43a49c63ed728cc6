/** From this memory on, a Lambda function has one whole CPU. */
export const wholeCpuMb = 1769;

/** The memory sizes that are compared. */
export const memories: readonly number[] = [128, 256, 512, 1024, wholeCpuMb];

/** The sample events, by the names that the results use. */
export const events = {
  "elasticache violation": "AuthorizeCacheSecurityGroupIngress/violating-foreign-owner.json",
  "elasticache permitted": "AuthorizeCacheSecurityGroupIngress/permitted-own-account.json",
  "redshift violation": "AuthorizeClusterSecurityGroupIngress/violating-open-range.json",
  "redshift permitted": "AuthorizeClusterSecurityGroupIngress/permitted-range.json",
} as const;
export type EventName = keyof typeof events;
export const eventNames: readonly EventName[] = Object.keys(events) as EventName[];

/** What is measured, with its title in the tables. */
export const variants = {
  product: "ingress-warden",
  naive: "naive, node_modules",
  bundle: "naive, one bundle",
  floor: "no SDK, signed by hand",
  noop: "empty handler",
  boto3: "boto3, the same revoke",
  c7n: "Cloud Custodian, import only",
} as const;
export type Variant = keyof typeof variants;
export const variantNames: readonly Variant[] = Object.keys(variants) as Variant[];

/** True for the variants that need a Python. */
export const isPython = (variant: Variant): variant is "boto3" | "c7n" => variant === "boto3" || variant === "c7n";

/** True for the variants that ignore the event. */
export const isIdle = (variant: Variant): boolean => variant === "noop" || variant === "c7n";

/** One measurement: one event, delivered to one variant, with the CPU share of one memory size after init. */
export type Case = { readonly variant: Variant; readonly event: EventName; readonly memoryMb: number };

const [none, whole, slowAndWhole, three] = [[], [wholeCpuMb], [128, wholeCpuMb], [128, 512, wholeCpuMb]];

/** The memory sizes at which a variant is measured, for each event in the order above. */
const plan: Readonly<Record<Variant, readonly (readonly number[])[]>> = {
  product: [memories, memories, three, whole],
  naive: [three, whole, slowAndWhole, whole],
  bundle: [three, whole, none, none],
  floor: [three, none, whole, none],
  noop: [none, whole, none, none],
  boto3: [slowAndWhole, none, none, none],
  c7n: [whole, none, none, none],
};

/** Everything that one round measures. */
export const wholeRound: readonly Case[] = variantNames.flatMap((variant) =>
  eventNames.flatMap((event, index) => plan[variant][index]?.map((memoryMb) => ({ variant, event, memoryMb })) ?? []),
);

/** Enough to check that the benchmark runs. */
export const smokeRound: readonly Case[] = [
  ...slowAndWhole.map((memoryMb): Case => ({ variant: "product", event: "elasticache violation", memoryMb })),
  { variant: "noop", event: "elasticache permitted", memoryMb: wholeCpuMb },
];
