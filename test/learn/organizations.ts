import fc from "fast-check";
import type { AccountId } from "#domain/account.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import { id } from "../support/grants.ts";

/** Accounts of one organization; `member` has no place, and `foreign` is not one's own. */
export const accounts: readonly AccountId[] = ["111111111111", "222222222222"].map(id);
export const member: AccountId = id("333333333333");
export const foreign: AccountId = id("999999999999");

const places: readonly Place[] = accounts.flatMap((account) =>
  ["eu-west-1", "us-east-1"].map((region) => ({ partition: "aws", account, region })),
);
const resources = ["cart", "cart-1", "web", "w?b", "c*"];

const list = (prefixList: string, ...entries: string[]): Source => ({ kind: "prefixList", prefixList, entries });
const owners = [...accounts, member, foreign];

/** Neighbours, ranges inside others, both families, narrow and wide. */
const ranges = [
  ...["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24", "10.0.0.0/23", "10.0.0.7/32", "10.0.3.0/24", "192.168.0.0/16", "10.0.0.0/8"],
  ...["198.51.100.0/25", "198.51.100.128/25", "54.0.0.0/16", "54.1.0.0/16", "54.0.0.0/15", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0"],
  ...["2001:db8::/33", "2001:db8:8000::/33", "2001:db8::/31", "fd00::/8", "::/0", "::ffff:a00:0/112", "10.0.2.9/24"],
].map((range): Source => ({ kind: "range", range }));
const lists = [
  list("pl-00000001", "10.0.0.0/24"),
  list("pl-00000002", "10.0.0.0/25", "0.0.0.0/0"),
  list("pl-00000003"),
  list("pl-00000004", "54.2.0.0/17", "54.2.128.0/17"),
  list("pl-1", "10.0.0.0/24"),
];
const groups = [
  ...owners.flatMap((owner) =>
    ["sg-01", "sg-02", "default"].map((name): Source => ({ kind: "securityGroup", owner, securityGroup: name })),
  ),
  { kind: "securityGroup", owner: "unknown", securityGroup: "sg-03" } as const,
  { kind: "securityGroup", owner: member, securityGroup: "sg*" } as const,
];
const whole: readonly Source[] = [
  ...[...owners, "*"].map((owner) => ({ kind: "account", owner }) as Source),
  { kind: "account", owner: member, vpcs: ["vpc-1", "vpc-2"] },
];

/** The calls, each with the services of its resources and the sources that it accepts. */
export const calls: readonly {
  readonly authorization: string;
  readonly services: readonly string[];
  readonly sources: readonly Source[];
}[] = [
  {
    authorization: "AuthorizeSecurityGroupIngress",
    services: ["elasticache", "redshift", "redshift-serverless"],
    sources: [...ranges, ...lists, ...groups],
  },
  { authorization: "AuthorizeCacheSecurityGroupIngress", services: ["elasticache"], sources: groups },
  { authorization: "AuthorizeClusterSecurityGroupIngress", services: ["redshift"], sources: [...ranges, ...groups] },
  { authorization: "AuthorizeEndpointAccess", services: ["redshift"], sources: whole },
  {
    authorization: "AuthorizeSnapshotAccess",
    services: ["redshift"],
    sources: [...whole, { kind: "account", owner: "amazon-redshift-support" }],
  },
  { authorization: "PutResourcePolicy", services: ["redshift-serverless"], sources: whole },
];

/** Every target that a grant of an organization can be on, as a grant without its source. */
export const targets: readonly Omit<Grant, "source">[] = calls.flatMap(({ authorization, services }) =>
  services.flatMap((service) => places.flatMap((place) => resources.map((resource) => ({ place, service, authorization, resource })))),
);

/** Grants of one call: some sources on some resources in some places, as a person makes them. */
const pattern: fc.Arbitrary<Grant[]> = fc.constantFrom(...calls).chain((call) =>
  fc
    .record({
      sources: fc.subarray([...call.sources], { minLength: 1, maxLength: Math.min(8, call.sources.length) }),
      resources: fc.subarray(resources, { minLength: 1 }),
      places: fc.subarray([...places], { minLength: 1 }),
      services: fc.subarray([...call.services], { minLength: 1 }),
      reaches: fc.boolean(),
    })
    .map((some) => some.places.flatMap((place) => some.sources.flatMap((source) => grantsOf(call.authorization, place, source, some)))),
);

function grantsOf(
  authorization: string,
  place: Place,
  source: Source,
  some: { readonly resources: readonly string[]; readonly services: readonly string[]; readonly reaches: boolean },
): Grant[] {
  const stores: Store[] = some.services.flatMap((service) => some.resources.map((resource) => ({ service, resource })));
  if (authorization !== "AuthorizeSecurityGroupIngress")
    return stores.map(({ service, resource }) => ({ place, service, authorization, resource, source }));
  const rule = { id: "sgr-01", protocol: "tcp", fromPort: 6379, toPort: 6379 };
  return [{ place, service: "ec2", authorization, resource: "sg-0a", source, rule, stores: some.reaches ? stores : [] }];
}

/** The grants of an organization. */
export const organization: fc.Arbitrary<Grant[]> = fc.array(pattern, { minLength: 1, maxLength: 6 }).map((patterns) => patterns.flat());
