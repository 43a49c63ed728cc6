import fc from "fast-check";

/** The source of a generated VPC rule. Groups and prefix lists are named by their index. */
type RuleSource =
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "ownGroup"; readonly index: number }
  | { readonly kind: "foreignGroup" }
  | { readonly kind: "unknownGroup" }
  | { readonly kind: "prefixList"; readonly index: number };

/** The protocol of a rule, and its ports. */
type Ports = readonly [protocol: string, from?: number, to?: number];

/** A generated VPC rule, and the form of the event that shows it: with its response, without, or of the call that changed it. */
export interface GeneratedRule {
  readonly group: number;
  readonly source: RuleSource;
  readonly ports: Ports;
  readonly form: "response" | "request" | "modify";
}

/** A generated store, or an endpoint that leads to one. */
export interface GeneratedStore {
  readonly kind: (typeof kinds)[number];
  readonly name: string;
  readonly groups: readonly number[];
  readonly port: number | undefined;
  readonly isPaused: boolean;
}

/** A grant on a resource that its call names: what `authorization` gives to `to`. */
export interface GeneratedGrant {
  readonly authorization: string;
  readonly resource: string;
  readonly to: string;
}

/** What an account has, and its policy. */
export interface GeneratedAccount {
  readonly lists: readonly (readonly string[])[];
  readonly stores: readonly GeneratedStore[];
  readonly servers: readonly { readonly group: number; readonly isAttached: boolean }[];
  readonly rules: readonly GeneratedRule[];
  readonly grants: readonly GeneratedGrant[];
  /** The rules' events are those of the calls that attach their groups to the stores. */
  readonly isAttachedLater: boolean;
  readonly policy: object;
}

/** How many security groups an account has. The last one guards no store. */
export const groupCount = 3;

/** The accounts of grants to others. */
export const strangers: readonly [string, string] = ["999988887777", "888877776666"];

const kinds = [
  "cache",
  "replicationGroup",
  "serverlessCache",
  "cluster",
  "workgroup",
  "clusterEndpoint",
  "workgroupEndpoint",
  "foreignEndpoint",
] as const;

const range = fc.constantFrom(
  ...["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", "203.0.113.128/25"],
  ...["::/0", "2001:db8::/32", "2001:db8:5::/48"],
);
const range4 = range.filter((text) => !text.includes(":"));
// Most stores share the first group.
const group = fc.constantFrom(0, 0, 1);
const anyGroup = fc.constantFrom(0, 0, 1, groupCount - 1);
const word = fc.constantFrom("orders", "sessions", "sales");

const ruleSource: fc.Arbitrary<RuleSource> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("range" as const), range }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ownGroup" as const), index: anyGroup }) },
  { weight: 1, arbitrary: fc.constantFrom<RuleSource[]>({ kind: "foreignGroup" }, { kind: "unknownGroup" }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("prefixList" as const), index: fc.nat(1) }) },
);

const ports = fc.constantFrom<Ports[]>(
  ["tcp", 6379, 6379],
  ["tcp", 5439, 5439],
  ["tcp", 5000, 7000],
  ["tcp", 1024, 65535],
  ["tcp", 22, 22],
  ["tcp", 0, 65535],
  ["6", 11211, 11211],
  ["udp", 6379, 6379],
  ["-1"],
);

const rule: fc.Arbitrary<GeneratedRule> = fc
  .record({ group: anyGroup, source: ruleSource, ports, form: fc.constantFrom<GeneratedRule["form"][]>("response", "request", "modify") })
  .map((each) => (each.form === "modify" && each.source.kind.endsWith("Group") ? { ...each, form: "response" } : each));

const store = fc.record({
  kind: fc.constantFrom(...kinds),
  name: word,
  groups: fc.uniqueArray(group, { minLength: 1, maxLength: 2 }),
  port: fc.constantFrom(undefined, 5439, 6379),
  isPaused: fc.boolean(),
});

const owner = fc.constantFrom(...strangers, "self");
const to = fc.constantFrom(...strangers);

const grant: fc.Arbitrary<GeneratedGrant> = fc.oneof(
  ...[
    ["AuthorizeCacheSecurityGroupIngress", word, owner] as const,
    ["AuthorizeClusterSecurityGroupIngress", word, fc.oneof(range, owner)] as const,
    ["AuthorizeEndpointAccess", word, to] as const,
    ["AuthorizeSnapshotAccess", word, fc.oneof(to, fc.constant("amazon-redshift-support"))] as const,
    ["AuthorizeDataShare", word, fc.oneof(to, fc.constantFrom("ADX", `DataCatalog/${strangers[0]}`))] as const,
    ["PutResourcePolicy", word, to] as const,
  ].map(([authorization, resource, receiver]) => fc.record({ authorization: fc.constant(authorization), resource, to: receiver })),
);

const pattern = fc.constantFrom("*", "s*", "orders*", "*sales*", "sessions-0");
const services = fc.uniqueArray(fc.constantFrom("elasticache", "redshift", "redshift-serverless"), { minLength: 1, maxLength: 2 });
/** Ranges that policies permit. */
const known = fc.constantFrom("10.0.0.0/8", "203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0");
const some = <Value>(each: fc.Arbitrary<Value>) => fc.array(each, { minLength: 1, maxLength: 2 });
const optional = <Value>(each: fc.Arbitrary<Value>) => fc.option(each, { nil: undefined });

const scope = fc.oneof(
  fc.record({ resources: some(pattern) }),
  fc.record({ services }),
  fc.record({ regions: fc.constantFrom(["eu-*"], ["us-*"]) }),
  fc.record({ authorizations: fc.constantFrom(["AuthorizeSecurityGroupIngress"], ["AuthorizeSnapshotAccess", "PutResourcePolicy"]) }),
);

const permitted = fc.oneof(
  some(known).map((ranges) => ({ ranges, ...(ranges.some((each) => each.endsWith("/0")) && { everyone: true }) })),
  fc.record({ owners: some(fc.constantFrom(...strangers, "self")) }),
  // Redshift's words for owners, which a policy refuses for other services only.
  fc.record({ owners: some(fc.constantFrom("ADX", "amazon-redshift-support")), services: fc.constant(["redshift"]) }),
  fc.constant({ owners: ["self"], securityGroups: ["def*", "sg-*"] }),
  fc.nat(1).map((index) => ({ prefixLists: [`{list ${index}}`] })),
);

const statement = fc
  .record({
    permitted,
    services: optional(services),
    resources: optional(some(pattern)),
    until: fc.constantFrom(undefined, undefined, "2099-12-31", "2020-01-01"),
  })
  .map(({ permitted: sources, ...more }) => ({ ...more, ...sources }));

const policy = fc
  .record({
    mode: fc.constantFrom("enforce", "enforce", "enforce", "audit"),
    exceptions: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some(scope) }),
    sharedGroups: fc.constantFrom(undefined, "report", "revoke"),
    permit: fc.array(statement, { minLength: 1, maxLength: 4 }),
  })
  .map(({ mode, exceptions, sharedGroups, permit }) => ({
    mode,
    sharedGroups,
    ...(mode === "enforce" ? { auditOnly: exceptions } : { enforceOnly: exceptions }),
    permit: permit.map((each, n) => ({ name: `s${n}`, ...each })),
  }));

const isPolicy = ({ authorization }: GeneratedGrant) => authorization === "PutResourcePolicy";

/** An account with grants of every kind, and a policy that permits some of them. `{list 0}` in it is the id of the first prefix list. */
export const account: fc.Arbitrary<GeneratedAccount> = fc.record({
  lists: fc.tuple(fc.uniqueArray(range4, { maxLength: 3 }), fc.uniqueArray(range4, { maxLength: 3 })),
  stores: fc
    .array(store, { minLength: 2, maxLength: 4 })
    .map((stores) => stores.map((each, n) => ({ ...each, name: `${each.name}-${n}` }))),
  servers: fc.array(fc.record({ group: anyGroup, isAttached: fc.boolean() }), { maxLength: 3 }),
  rules: fc.uniqueArray(rule, {
    minLength: 3,
    maxLength: 8,
    selector: ({ group: n, source, ports: each }) => JSON.stringify([n, source, each]),
  }),
  // A resource policy replaces the one before.
  grants: fc.uniqueArray(grant, {
    maxLength: 6,
    selector: (each) =>
      Object.values(each)
        .slice(0, isPolicy(each) ? 2 : 3)
        .join(" "),
  }),
  isAttachedLater: fc.boolean(),
  policy,
});
