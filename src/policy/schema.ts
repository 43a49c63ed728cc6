import * as z from "zod/mini";
import { type Exception, exposures, type Scope, type scopeKeys } from "#domain/policy.ts";
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
import * as forms from "./forms.ts";

/** The names that a policy may use in `services` and `authorizations`, and the sources that each call can grant access to. */
export interface Vocabulary {
  readonly services: readonly string[];
  readonly authorizations: readonly string[];
  readonly calls: readonly PolicyCall[];
}

/** An authorization as policies refer to it: its event name, the services of its resources, and the sources that it accepts. */
export interface PolicyCall {
  readonly services: readonly string[];
  readonly authorization: string;
  readonly sources: readonly Source["kind"][];
  /** The words that the call accepts in place of an account id. */
  readonly words: readonly OwnerWord[];
}

/** One statement of the policy file. */
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

/** The content of a policy file. */
export interface PolicyDocument {
  readonly $schema?: string | undefined;
  readonly mode: "enforce" | "audit";
  readonly auditOnly?: readonly Exception[] | undefined;
  readonly enforceOnly?: readonly Exception[] | undefined;
  readonly sharedGroups?: "report" | "revoke" | undefined;
  readonly permit: readonly StatementDocument[];
}

/** Returns the keys of the policy, of a statement and of an exception, each with its description and checks. */
function shapesOf({ services, authorizations }: Pick<Vocabulary, "services" | "authorizations">) {
  const scope = {
    services: described("Service names; absent means any.", list(text(oneOf("service", services), { enum: services }))),
    authorizations: described(
      "CloudTrail event names of calls; absent means any.",
      list(text(oneOf("authorization", authorizations), { enum: authorizations })),
    ),
    resources: described("Patterns (*, ?) on the resource name; absent means any.", list(text(pattern(), forms.freeText))),
    accounts: described(
      "Patterns (*, ?) on the id of the account that holds the resource; absent means any.",
      list(text(accountPattern, forms.accountPattern)),
    ),
    regions: described(
      "Patterns (*, ?) on the Region, such as eu-*; absent means any.",
      list(text(pattern(/^[a-z0-9*?-]+$/, "Region codes contain only lower-case letters, digits and hyphens"), forms.regionPattern)),
    ),
  } satisfies Record<(typeof scopeKeys)[number], unknown>;
  const statement = {
    name: described("A unique name. Outcomes name the statements that permitted a grant.", text(nameProblem, forms.freeText)),
    owners: described(
      'Account ids, "self" (the account that holds the resource), "amazon-redshift-support" or "ADX".',
      list(text(ownerProblem, forms.owner)),
    ),
    securityGroups: described(
      "Patterns (*, ?) on the source group's name, or in VPC rules on its sg- id. They limit the owners to such groups.",
      list(text(pattern(), forms.freeText)),
    ),
    ranges: described(
      "Ranges in CIDR notation. A grant is permitted when the union of the matching statements' ranges covers all of it.",
      list(text(rangeProblem, forms.range)),
    ),
    prefixLists: described("Ids of managed prefix lists.", list(text(prefixListProblem, forms.prefixList))),
    everyone: described(
      "Required with a /0 range, and valid only with one.",
      z.optional(z.literal(true, 'only true is allowed here: write "everyone": true or remove the key')),
    ),
    ...scope,
    until: described("The last day (UTC) on which the statement counts, as YYYY-MM-DD.", z.optional(text(dateProblem, forms.date))),
    reason: described("Free text, copied into outcomes.", z.optional(text(freeText, forms.freeText))),
  };
  const exception = {
    ...scope,
    sources: described(
      "Only these kinds of source: everyone (a /0, a prefix list that has one, or every AWS account) or foreign (an owner that is not the account that holds the resource; ranges and prefix lists have no owner); absent means any.",
      list(z.enum(exposures, 'write "everyone" or "foreign"')),
    ),
  } satisfies Record<keyof Exception, unknown>;
  const policy = {
    $schema: described("The JSON Schema of this file, for editors: ./policy.schema.json.", z.optional(z.string())),
    mode: described("enforce revokes violations; audit only reports them.", z.enum(["enforce", "audit"], 'write "enforce" or "audit"')),
    auditOnly: described(
      "With mode enforce: scopes in which violations are only reported.",
      list(z.strictObject(exception).check(z.meta(forms.exception))),
    ),
    enforceOnly: described(
      "With mode audit: scopes in which violations are revoked.",
      list(z.strictObject(exception).check(z.meta(forms.exception))),
    ),
    sharedGroups: described(
      "What to do about a violating rule of a VPC security group that is also attached to something other than a cache or a warehouse: report (the default) or revoke.",
      z.optional(z.enum(["report", "revoke"], 'write "report" or "revoke"')),
    ),
    permit: described(
      "Who may have access. Every other grant is a violation.",
      z.array(z.strictObject(statement).check(z.meta(forms.statement))).check(z.minLength(1, "is empty: add at least one statement")),
    ),
  };
  return { exception, statement, policy };
}

/** Returns the schema of the policy file. The function and the CLI check by it, and policy.schema.json is generated from it. */
export function policySchema(vocabulary: Pick<Vocabulary, "services" | "authorizations">): z.ZodMiniType<PolicyDocument> {
  return z.strictObject(shapesOf(vocabulary).policy).check(z.meta(forms.policy));
}

/**
 * Returns the valid keys of an object in the policy, by the first step of its path: `permit` for a statement, undefined for the
 * policy itself.
 */
export function keysAt(key: string | number | undefined): readonly string[] {
  const { policy, statement, exception } = shapesOf({ services: [], authorizations: [] });
  return Object.keys(key === undefined ? policy : key === "permit" ? statement : exception);
}

const notEmpty = z.minLength(1, "is empty: add at least one value, or remove the key");

function list<Item extends z.ZodMiniType>(item: Item): z.ZodMiniOptional<z.ZodMiniArray<Item>> {
  return z.optional(z.array(item).check(notEmpty));
}

/** Adds a description, which editors show, to a schema. */
export function described<Type extends z.ZodMiniType>(description: string, type: Type): Type {
  return type.check(z.describe(description)) as Type;
}

/** Returns the schema of a string that passes the check. `json` is added to the published JSON Schema. */
function text(check: Check, json: forms.Form): z.ZodMiniString<string> {
  const type = z.string().check(z.refine((value) => check(value) === undefined, { error: ({ input }) => check(String(input)) }));
  return type.check(z.meta(json));
}
