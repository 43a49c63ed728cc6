import { closestMatch } from "leven";
import * as z from "zod/mini";
import { accountId } from "#domain/account.ts";
import { formatRange, network, parseRange, sameNetwork } from "#domain/range.ts";
import { type OwnerWord, ownerWords, type Source } from "#domain/source.ts";
import { isPrintable } from "#domain/text.ts";

/** The names that a policy's `services` and `authorizations` may hold, and what those calls can let in. */
export interface Vocabulary {
  readonly services: readonly string[];
  readonly authorizations: readonly string[];
  readonly calls: readonly PolicyCall[];
}

/** A call as policies know it: on what, whom it can let in, and AWS's own words that it takes for that. */
export interface PolicyCall {
  readonly services: readonly string[];
  readonly authorization: string;
  readonly sources: readonly Source["kind"][];
  readonly words: readonly OwnerWord[];
}

/** What is wrong with a text and what to write instead; undefined when nothing is. */
type Check = (text: string) => string | undefined;

/** Which grants a statement or an exception is about. */
export interface ScopeDocument {
  readonly services?: readonly string[] | undefined;
  readonly authorizations?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
}

/** One statement as the file writes it. */
export interface StatementDocument extends ScopeDocument {
  readonly name: string;
  readonly owners?: readonly string[] | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly ranges?: readonly string[] | undefined;
  readonly prefixLists?: readonly string[] | undefined;
  readonly everyone?: true | undefined;
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** A policy as its file writes it. */
export interface PolicyDocument {
  readonly $schema?: string | undefined;
  readonly mode: "enforce" | "audit";
  readonly auditOnly?: readonly ScopeDocument[] | undefined;
  readonly enforceOnly?: readonly ScopeDocument[] | undefined;
  readonly sharedGroups?: "report" | "revoke" | undefined;
  readonly permit: readonly StatementDocument[];
}

/** The one definition of the policy file: what `check` and the function hold it to, and policy.schema.json says. */
export function policySchema(vocabulary: Pick<Vocabulary, "services" | "authorizations">): z.ZodMiniType<PolicyDocument> {
  const scope = {
    services: described("Services, by name.", list(text(oneOf("service", vocabulary.services), { enum: vocabulary.services }))),
    authorizations: described(
      "CloudTrail event names.",
      list(text(oneOf("authorization", vocabulary.authorizations), { enum: vocabulary.authorizations })),
    ),
    resources: described("Patterns (*, ?) on the name of what is opened.", list(text(pattern()))),
    accounts: described("Patterns on the account that holds the resource.", list(text(accountPattern))),
    regions: described("Patterns on the Region, such as eu-*.", list(text(pattern(/^[a-z0-9*?-]+$/, "Regions are written in lower case")))),
  };
  const statement = z.strictObject({
    name: described("Unique; outcomes name the statements that permit.", text(nameProblem)),
    owners: described('Account ids, "self", or AWS\'s own words for whom it lets in.', list(text(ownerProblem))),
    securityGroups: described("Patterns that narrow the owners to source groups of such names.", list(text(pattern()))),
    ranges: described("CIDRs; a grant is permitted when their union covers it.", list(text(rangeProblem))),
    prefixLists: described("Managed prefix lists, by id.", list(text(prefixListProblem))),
    everyone: described(
      "Needed beside a /0.",
      z.optional(z.literal(true, 'only true can stand here: write "everyone": true or leave it out')),
    ),
    ...scope,
    until: described("The last day, in UTC, on which the statement counts.", z.optional(text(dateProblem, { format: "date" }))),
    reason: described("Why; carried into outcomes.", z.optional(text(freeText))),
  });
  return z.strictObject({
    $schema: z.optional(z.string()),
    mode: described("enforce, or audit: report and change nothing.", z.enum(["enforce", "audit"], 'the mode is "enforce" or "audit"')),
    auditOnly: described("With enforce: scopes that are only reported.", list(z.strictObject(scope))),
    enforceOnly: described("With audit: scopes that are enforced.", list(z.strictObject(scope))),
    sharedGroups: described(
      "What to do about a violating rule of a VPC security group that also stands before what is not watched: report it, unless told otherwise.",
      z.optional(z.enum(["report", "revoke"], 'sharedGroups is "report" or "revoke"')),
    ),
    permit: described(
      "Who may be let in. Everyone else is a violation.",
      z.array(statement).check(z.minLength(1, "is empty: name at least one statement")),
    ),
  });
}

const notEmpty = z.minLength(1, "is empty: name at least one, or leave the key out");

function list<Item extends z.ZodMiniType>(item: Item): z.ZodMiniOptional<z.ZodMiniArray<Item>> {
  return z.optional(z.array(item).check(notEmpty));
}

function described<Type extends z.ZodMiniType>(description: string, type: Type): Type {
  return type.check(z.describe(description)) as Type;
}

/** A string that passes the check; `json` is what the published schema can say of it. */
function text(check: Check, json: Record<string, unknown> = {}): z.ZodMiniString<string> {
  const type = z.string().check(z.refine((value) => check(value) === undefined, { error: ({ input }) => check(String(input)) }));
  return Object.keys(json).length === 0 ? type : type.check(z.meta(json));
}

function oneOf(what: string, names: readonly string[]): Check {
  return (value) => {
    if (names.includes(value)) return undefined;
    const near = closestMatch(value.slice(0, 64), names, { maxDistance: 8 });
    return `no such ${what}${near ? `: did you mean ${JSON.stringify(near)}?` : "."} Known: ${names.join(", ")}`;
  };
}

const freeText: Check = (value) =>
  value !== "" && value.length <= 256 && isPrintable(value) ? undefined : "must be 1 to 256 characters without control characters";

const nameProblem: Check = (value) => freeText(value) && `a name ${freeText(value)}`;

/** `*` and `?` only; `alphabet` is what else a text can be made of, so that no pattern waits for what cannot come. */
function pattern(alphabet?: RegExp, why?: string): Check {
  return (value) => {
    if (freeText(value)) return `a pattern ${freeText(value)}`;
    return !alphabet || alphabet.test(value) ? undefined : `matches nothing: ${why}`;
  };
}

const accountPattern: Check = (value) => {
  const unusual = pattern(/^[0-9*?-]+$/, "account ids are digits")(value);
  return unusual ?? (/[*?]/.test(value) || accountId(value) ? undefined : "matches nothing: an account id has twelve digits");
};

const ownerProblem: Check = (value) => {
  if (value === "self" || ownerWords.some((word) => word === value) || accountId(value)) return undefined;
  const near = closestMatch(value.slice(0, 64), ["self", ...ownerWords], { maxDistance: 2 });
  return near ? `did you mean ${JSON.stringify(near)}?` : 'write an account id of twelve digits, or "self"';
};

/** Says what is wrong with the id of a prefix list. */
export const prefixListProblem: Check = (value) =>
  /^pl-[0-9a-f]{8,17}$/.test(value) ? undefined : "write the id of a prefix list, such as pl-63a5400a";

const dateProblem: Check = (value) => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)) return undefined;
  return "write a day of the calendar as YYYY-MM-DD";
};

const rangeProblem: Check = (value) => {
  const range = parseRange(value);
  if (!range) return unreadableRange(value);
  const meant = network(range);
  if (range.words.some((word, i) => word !== meant.words[i]))
    return `has bits set beyond /${range.prefix}: write ${JSON.stringify(formatRange(meant))}`;
  if (range.family === 6 && range.prefix >= 96 && sameNetwork({ ...range, prefix: 96 }, mappedIPv4)) {
    const [, , , d] = range.words;
    const inIPv4 = formatRange({ family: 4, words: [d, 0, 0, 0], prefix: range.prefix - 96 });
    return `is IPv4 mapped into IPv6, which no grant is written as: write ${JSON.stringify(inIPv4)}`;
  }
  return undefined;
};

const mappedIPv4 = { family: 6, words: [0, 0, 0xffff, 0], prefix: 96 } as const;

function unreadableRange(value: string): string {
  const short = value.slice(0, 64);
  const bare = parseRange(`${short}/${short.includes(":") ? 128 : 32}`);
  if (bare) return `is an address without a prefix length: write ${JSON.stringify(formatRange(bare))}`;
  const plain = short.trim().replace(/(^|[./])0+(?=\d)/g, "$1");
  const meant = parseRange(plain);
  if (meant && plain !== value.trim()) return `has leading zeros: write ${JSON.stringify(formatRange(network(meant)))}`;
  if (meant) return `has white space: write ${JSON.stringify(formatRange(network(meant)))}`;
  if (/^[0-9a-f:]*:[0-9.]+\/\d+$/i.test(short)) return "has a dotted tail: write IPv6 in groups of hexadecimal digits, and IPv4 as IPv4";
  return 'write a range in CIDR notation, such as "203.0.113.0/24" or "2001:db8:10::/48"';
}
