import fc from "fast-check";
import type { Grant } from "#domain/grant.ts";
import type { Policy, Statement } from "#domain/policy.ts";
import type { Range } from "#domain/range.ts";
import { rangeSet } from "#domain/range-set.ts";
import type { Owner, Source } from "#domain/source.ts";
import { id, read } from "../support/grants.ts";

/** A statement in words that the model can look up: ranges as texts of sixteen addresses, patterns from a table. */
export interface Words {
  readonly ranges: readonly string[];
  readonly owners: readonly (Owner | "self")[];
  readonly groups: readonly string[] | undefined;
  readonly lists: readonly string[];
  readonly services: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly expires: number | undefined;
}

/** Which names each pattern of the statements fits. */
export const fits: Readonly<Record<string, readonly string[]>> = {
  "*": ["web", "etl", "etl-1"],
  "etl*": ["etl", "etl-1"],
  "?eb": ["web"],
  etl: ["etl"],
};
const ids = ["pl-00000001", "pl-00000002"];
/** What grants and statements are drawn from. */
export const services: readonly string[] = ["elasticache", "redshift"];
export const authorizations: readonly string[] = ["AuthorizeClusterSecurityGroupIngress", "AuthorizeSnapshotAccess"];

const accounts = ["123456789012", "999988887777", "111122223333"].map(id);
const owner = fc.constantFrom<Owner[]>(...accounts, "ADX", "amazon-redshift-support");
const name = fc.constantFrom("web", "etl", "etl-1");
const patterns = fc.option(fc.uniqueArray(fc.constantFrom(...Object.keys(fits)), { minLength: 1 }), { nil: undefined });

/** A range of up to eight of sixteen addresses, of either family. */
export const range: fc.Arbitrary<string> = fc.tuple(fc.boolean(), fc.nat(15), fc.nat(3)).map(([six, address, level]) => {
  const first = (address >> level) << level;
  return six ? `2001:db8::${first.toString(16)}/${128 - level}` : `10.0.0.${first}/${32 - level}`;
});

/** A source of a grant. */
export const source: fc.Arbitrary<Source> = fc.oneof(
  fc.record({ kind: fc.constant("range" as const), range }),
  fc.record({ kind: fc.constant("securityGroup" as const), owner: fc.constantFrom(...accounts), securityGroup: name }),
  fc.record({ kind: fc.constant("account" as const), owner }),
  fc.record({ kind: fc.constant("prefixList" as const), prefixList: fc.constantFrom(...ids), entries: fc.array(range, { maxLength: 4 }) }),
);

/** A grant on one resource. */
export const grant: fc.Arbitrary<Grant> = fc.record({
  place: fc.record({ partition: fc.constant("aws"), account: fc.constantFrom(...accounts), region: fc.constant("eu-west-1") }),
  service: fc.constantFrom(...services),
  authorization: fc.constantFrom(...authorizations),
  resource: name,
  source,
});

/** A statement. */
export const words: fc.Arbitrary<Words> = fc.record({
  ranges: fc.array(range, { maxLength: 5 }),
  owners: fc.array(fc.oneof(owner, fc.constant("self" as const)), { maxLength: 2 }),
  groups: patterns,
  lists: fc.subarray(ids),
  services: fc.option(fc.constantFrom(...services.map((service) => [service])), { nil: undefined, freq: 2 }),
  resources: patterns,
  expires: fc.constantFrom(undefined, undefined, 1, 3),
});
/** The statements of a policy. */
export const permits: fc.Arbitrary<Words[]> = fc.array(words, { maxLength: 5 });
/** A time before, at or after statements expire. */
export const time: fc.Arbitrary<number> = fc.nat(4);

/** The policy that has these statements. */
export function policyOf(statements: readonly Words[]): Policy {
  const permit = statements.map(
    ({ ranges, owners, groups, lists, expires, ...scope }, i): Statement => ({
      ...{ name: `s${i}`, scope, owners: new Set(owners), securityGroups: groups, expires },
      ...{ ranges: rangeSet(ranges.map(read)), prefixLists: new Set(lists) },
    }),
  );
  return { mode: "enforce", exceptions: [], permit };
}

/** Every address of a range, by its last group: `4.7` or `6.7`. */
export function addresses(text: string): string[] {
  const [, last = "", prefix] = /([0-9a-f]*)\/(\d+)$/.exec(text) ?? [];
  const [family, width, base] = text.includes(":") ? [6, 128, 16] : [4, 32, 10];
  return Array.from({ length: 2 ** (width - Number(prefix)) }, (_, i) => `${family}.${Number.parseInt(last || "0", base) + i}`);
}

const word = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffff0000, 0xffffffff));
const zero = fc.constant(0);
const written4 = fc.record({ family: fc.constant(4 as const), words: fc.tuple(word, zero, zero, zero), prefix: fc.nat(32) });
/** Any IPv6 range. */
export const written6: fc.Arbitrary<Range> = fc.record({
  family: fc.constant(6 as const),
  words: fc.tuple(word, word, word, word),
  prefix: fc.nat(128),
});
/** Any range of either family, with bits beyond its prefix. */
export const anyRange: fc.Arbitrary<Range> = fc.oneof(written4, written6);
