import { registry } from "../authorizations/index.ts";
import { accountId } from "../domain/account.ts";
import { counts } from "../domain/decide.ts";
import type { Owner } from "../domain/grant.ts";
import { matches } from "../domain/pattern.ts";
import type { Policy, Scope, Statement } from "../domain/policy.ts";
import { formatRange, network, parseRange, type Range } from "../domain/range.ts";
import { covers, overlaps, type RangeSet, rangeSet, uncovered } from "../domain/range-set.ts";
import { printable } from "../domain/text.ts";
import type { PolicyFile } from "../policy-file.ts";
import type { PolicyDocument, ScopeDocument, StatementDocument } from "../policy-schema.ts";
import { UsageError } from "../usage-error.ts";
import { type Command, textFlag } from "./command.ts";
import { policyFlags, policyOf, timeOf } from "./policy-flag.ts";

const day = 86_400_000;
const soon = 30 * day;

/** Ranges set aside for documentation: RFC 5737, RFC 3849 and RFC 9637. */
const documentation = rangeSet(rangesOf("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"));
const everything = rangesOf("0.0.0.0/0", "::/0");

/** Account ids that AWS's documentation uses. */
const exampleAccounts = [
  "012345678901",
  "111122223333",
  "123456789012",
  "210987654321",
  "444455556666",
  "555555555555",
  "777788889999",
  "999988887777",
];

/** More statements than this are not compared with each other: every one would be with every other. */
const mostCompared = 2_000;

/** Wider than any network that one owner is given: beyond a /8 of IPv4, or a /20 of IPv6. */
const widest = { 4: 8, 6: 20 } as const;

/** `check`: the policy's errors, or what it means that may not be meant. */
export const check: Command = {
  name: "check",
  usage: "check [FILE] [--policy FILE] [--at DATE]",
  summary: "Check a policy: its errors (exit code 2), or warnings about what it may not mean.",
  options: policyFlags,
  async run({ flags, positionals: [file, ...others] }) {
    if (others.length > 0) throw new UsageError("check takes one policy file");
    if (file !== undefined && flags["policy"] !== undefined) throw new UsageError("check takes one policy: as FILE, or with --policy");
    const name = file ?? textFlag(flags, "policy") ?? "policy.json";
    const policyFile = await policyOf({ ...flags, policy: name });
    const found = warnings(policyFile, timeOf(flags));
    const { mode, permit, exceptions } = policyFile.policy;
    const lines = found.map((warning) => `warning: ${printable(warning, 400)}`);
    const verdict = `${printable(name)}: valid, ${permit.length} ${permit.length === 1 ? "statement" : "statements"}, mode ${mode}${exceptions.length > 0 ? `, the other one in ${exceptions.length} of its scopes` : ""}`;
    process.stdout.write(`${[...lines, verdict].join("\n")}\n`);
    return 0;
  },
};

/** What a valid policy may not mean, at a time in milliseconds since 1970. */
function warnings({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  return [
    ...policy.permit.flatMap((statement) => expiry(statement, at)),
    ...document.permit.flatMap((statement, index) => [
      ...wide(statement),
      ...examples(statement),
      ...capitals(statement),
      ...redundant(statement, index, policy, at),
    ]),
    ...exceptionScopes(document).flatMap(capitals),
    ...together({ policy, document }, at),
    ...ownAccount(policy, at),
    ...(policy.permit.length > mostCompared
      ? [`more than ${mostCompared} statements: not looked for what another one permits already`]
      : []),
  ];
}

function expiry({ name, expires }: Statement, at: number): string[] {
  if (expires === undefined || expires - at > soon) return [];
  const last = new Date(expires - 1).toISOString().slice(0, 10);
  return [at >= expires ? `${name}: expired after ${last}; it permits nothing any more` : `${name}: expires after ${last}`];
}

function wide({ name, ranges = [], everyone }: StatementDocument): string[] {
  if (everyone) return [`${name}: lets everyone in`];
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && range.prefix < widest[range.family];
  });
  return found.length > 0 ? [`${name}: very wide: ${few(found)}`] : [];
}

function examples({ name, ranges = [], owners = [], accounts = [] }: StatementDocument): string[] {
  const found = ranges.filter((text) => {
    const range = parseRange(text);
    return range !== undefined && covers(documentation, range);
  });
  const ids = [...owners, ...accounts].filter((id) => exampleAccounts.includes(id.replaceAll("-", "")));
  return [
    ...(found.length > 0 ? [`${name}: addresses of documentation, which nobody has: ${few(found)}`] : []),
    ...(ids.length > 0 ? [`${name}: account ids of AWS's documentation: ${few(ids)}`] : []),
  ];
}

/** The scopes in which the other mode holds, under the key that they stand in. */
function exceptionScopes({ auditOnly = [], enforceOnly = [] }: PolicyDocument): (ScopeDocument & { readonly name: string })[] {
  return [
    ...auditOnly.map((scope) => ({ ...scope, name: "auditOnly" })),
    ...enforceOnly.map((scope) => ({ ...scope, name: "enforceOnly" })),
  ];
}

function capitals({ name, authorizations = [], resources = [] }: ScopeDocument & { readonly name: string }): string[] {
  if (registry.some(({ eventName, keepsCase }) => keepsCase && authorizations.includes(eventName))) return [];
  const found = resources.filter((pattern) => /[A-Z]/.test(pattern));
  return found.length > 0 ? [`${name}: AWS stores these names in lower case, so capitals never fit: ${few(found)}`] : [];
}

/** What a statement permits although another one, whose scope holds its own and which lasts as long, permits it already. */
function redundant({ name, ranges = [], owners = [] }: StatementDocument, index: number, { permit }: Policy, at: number): string[] {
  const own = permit[index];
  if (!own || !counts(own, at) || permit.length > mostCompared) return [];
  return permit.flatMap((other, otherIndex) => {
    const lasts = (other.expires ?? Number.POSITIVE_INFINITY) >= (own.expires ?? Number.POSITIVE_INFINITY);
    if (otherIndex === index || !lasts || !holds(other.scope, own.scope)) return [];
    // Of two statements that hold each other, only the later is told.
    const mutual = otherIndex > index && holds(own.scope, other.scope) && own.expires === other.expires;
    const coveredRanges = ranges.filter((text) => {
      const range = parseRange(text);
      return range !== undefined && covers(other.ranges, range) && !(mutual && hasExactly(other.ranges, range));
    });
    const sameGroups = !other.securityGroups || own.securityGroups?.every((pattern) => other.securityGroups?.includes(pattern));
    const coveredOwners = owners.filter((owner) => !mutual && sameGroups && other.owners.has((accountId(owner) ?? owner) as Owner));
    const covered = [...coveredRanges, ...coveredOwners];
    return covered.length > 0 ? [`${name}: ${other.name} permits already: ${few(covered)}`] : [];
  });
}

/** True when the set holds the range and not the network around it: both statements then name the same. */
function hasExactly(set: RangeSet, range: Range): boolean {
  return range.prefix === 0 || !covers(set, network({ ...range, prefix: range.prefix - 1 }));
}

/** True when every grant in the inner scope surely lies in the outer one. */
function holds(outer: Scope, inner: Scope): boolean {
  return (["services", "authorizations", "resources", "accounts", "regions"] as const).every((key) => {
    const wider = outer[key];
    return (
      !wider || inner[key]?.every((text) => wider.some((pattern) => pattern === text || (!pattern.includes("?") && matches(pattern, text))))
    );
  });
}

/** Ranges that are no /0 and yet leave nothing out when they are taken together. */
function together({ policy, document }: Pick<PolicyFile, "policy" | "document">, at: number): string[] {
  const narrower = policy.permit.filter((statement, index) => !document.permit[index]?.everyone && counts(statement, at));
  return everything.flatMap((all) => {
    const having = narrower.filter(({ ranges }) => overlaps(ranges, all));
    const rest = uncovered(
      having.map(({ ranges }) => ranges),
      all,
      1,
    );
    return rest.count === 0 ? [`${having.map(({ name }) => name).join(", ")}: together everyone, as ${formatRange(all)} would`] : [];
  });
}

/** Groups of the own account are violations, unless a statement that counts everywhere has `self`. */
function ownAccount({ permit }: Policy, at: number): string[] {
  const own = permit.filter((statement) => statement.owners.has("self") && counts(statement, at));
  if (own.length === 0) return ['no statement has the owner "self": security groups of the resource\'s own account are violations'];
  // A VPC rule names a group by its id, so a pattern for names never fits it.
  const inVpc = ({ scope, securityGroups }: Statement) =>
    (scope.authorizations?.includes("AuthorizeSecurityGroupIngress") ?? true) &&
    (securityGroups?.some((pattern) => /^(\*|sg-)/.test(pattern)) ?? true);
  return own.some(inVpc)
    ? []
    : ['no statement has the owner "self" for VPC rules, which name groups by their sg- ids: those of the own account are violations'];
}

function rangesOf(...texts: readonly string[]): Range[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

function few(texts: readonly string[]): string {
  return texts.length > 5 ? `${texts.slice(0, 5).join(", ")} and ${texts.length - 5} more` : texts.join(", ");
}
