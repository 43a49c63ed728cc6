import * as z from "zod/mini";
import type { Scope, scopeKeys } from "#domain/policy.ts";
import type { OwnerWord, Source } from "#domain/source.ts";
import {
  accountPattern,
  type Check,
  dateProblem,
  freeText,
  nameProblem,
  oneOf,
  ownerProblem,
  pattern,
  prefixListProblem,
  rangeProblem,
} from "./checks.ts";

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

/** One statement as the file writes it. */
export interface StatementDocument extends Scope {
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
  readonly auditOnly?: readonly Scope[] | undefined;
  readonly enforceOnly?: readonly Scope[] | undefined;
  readonly sharedGroups?: "report" | "revoke" | undefined;
  readonly permit: readonly StatementDocument[];
}

/** The keys of the policy, of a statement and of a scope, each with its description and checks. */
function shapesOf({ services, authorizations }: Pick<Vocabulary, "services" | "authorizations">) {
  const scope = {
    services: described("Services, by name.", list(text(oneOf("service", services), { enum: services }))),
    authorizations: described("CloudTrail event names.", list(text(oneOf("authorization", authorizations), { enum: authorizations }))),
    resources: described("Patterns (*, ?) on the resource name.", list(text(pattern()))),
    accounts: described("Patterns on the account that holds the resource.", list(text(accountPattern))),
    regions: described("Patterns on the Region, such as eu-*.", list(text(pattern(/^[a-z0-9*?-]+$/, "Regions are written in lower case")))),
  } satisfies Record<(typeof scopeKeys)[number], unknown>;
  const statement = {
    name: described("Unique; outcomes name the statements that permit.", text(nameProblem)),
    owners: described('Account ids, "self", or AWS\'s own words for an owner.', list(text(ownerProblem))),
    securityGroups: described("Patterns that narrow the owners to source groups of such names.", list(text(pattern()))),
    ranges: described("CIDRs; a grant is permitted when their union covers it.", list(text(rangeProblem))),
    prefixLists: described("Managed prefix lists, by id.", list(text(prefixListProblem))),
    everyone: described(
      "Needed beside a /0.",
      z.optional(z.literal(true, 'only true is allowed here: write "everyone": true or leave it out')),
    ),
    ...scope,
    until: described("The last day, in UTC, on which the statement counts.", z.optional(text(dateProblem, { format: "date" }))),
    reason: described("Why; copied into outcomes.", z.optional(text(freeText))),
  };
  const policy = {
    $schema: z.optional(z.string()),
    mode: described("enforce, or audit: report and change nothing.", z.enum(["enforce", "audit"], 'the mode is "enforce" or "audit"')),
    auditOnly: described("With enforce: scopes that are only reported.", list(z.strictObject(scope))),
    enforceOnly: described("With audit: scopes that are enforced.", list(z.strictObject(scope))),
    sharedGroups: described(
      "What to do about a violating rule of a VPC security group that is also attached to something else than a store: report (the default) or revoke.",
      z.optional(z.enum(["report", "revoke"], 'sharedGroups is "report" or "revoke"')),
    ),
    permit: described(
      "Who may have access. Everyone else is a violation.",
      z.array(z.strictObject(statement)).check(z.minLength(1, "is empty: name at least one statement")),
    ),
  };
  return { scope, statement, policy };
}

/** The one definition of the policy file: `check` and the function check by it, and policy.schema.json is made from it. */
export function policySchema(vocabulary: Pick<Vocabulary, "services" | "authorizations">): z.ZodMiniType<PolicyDocument> {
  return z.strictObject(shapesOf(vocabulary).policy);
}

/** The keys of an object in the policy, by the first step of its path: a statement under `permit`, a scope under any other key. */
export function keysAt(key: string | number | undefined): readonly string[] {
  const { policy, statement, scope } = shapesOf({ services: [], authorizations: [] });
  return Object.keys(key === undefined ? policy : key === "permit" ? statement : scope);
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
