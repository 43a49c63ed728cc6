import { hasOnlyKeys, nameOf, toStoredName, valuesOf } from "#cloudtrail/fields.ts";
import { accountId } from "#domain/account.ts";
import { type Place, readArn } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import { shown } from "#domain/text.ts";
import type { ListedEntry } from "./authorization.ts";

const policyKeys = ["Version", "Id", "Statement"];
const statementKeys = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/**
 * The actions of zero-ETL integrations, in lower case, as IAM ignores case. They bring data into the warehouse and let nobody read it.
 * @see https://docs.aws.amazon.com/redshift/latest/mgmt/zero-etl-using.redshift-iam.html
 */
const inboundActions: readonly unknown[] = ["redshift:authorizeinboundintegration", "redshift:createinboundintegration"];

/** Returns the ARN of a resource that can have a policy. */
export function arnOf(resource: string, { partition, region, account }: Place): string {
  return `arn:${partition}:redshift-serverless:${region}:${account}:${resource}`;
}

/**
 * Returns the resource that an ARN under a key names, such as `snapshot/id`. The id keeps its letter case, because AWS does not
 * document that another case names the same resource.
 */
export function targetIn(object: unknown, key: string): { readonly place: Place; readonly resource: string } | undefined {
  const arn = readArn(nameOf(object, key, 1024) ?? "", "redshift-serverless");
  return arn && /^[a-z]+\/[A-Za-z0-9-]{1,64}$/.test(arn.resource) ? arn : undefined;
}

/**
 * Returns the principals that a resource policy allows anything, as accounts; what cannot be read as an account is unreadable.
 * Every action counts except `inboundActions`, because AWS does not document every action that restores a snapshot. A condition only
 * narrows an allowance.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function entriesOf(text: unknown, resource: string): ListedEntry[] {
  const unreadable = (value: unknown): ListedEntry[] => [{ resource, unreadable: shown(value, 256) }];
  const policy = parsed(text);
  const statements = valuesOf(policy, "Statement");
  if (!hasOnlyKeys(policy, policyKeys) || statements.length === 0) return unreadable(text);
  return statements.flat().flatMap((statement) => {
    const effect = nameOf(statement, "Effect");
    // A denial lets nobody in. It can withdraw what another statement allows, which is then reported nevertheless.
    if (effect === "Deny") return [];
    if (effect !== "Allow" || !hasOnlyKeys(statement, statementKeys)) return unreadable(statement);
    if (isInbound(statement)) return [];
    const sources = valuesOf(statement, "Principal").flatMap(sourcesIn);
    if (sources.length === 0) return unreadable(statement);
    return sources.flatMap((source) => (source ? { resource, source } : unreadable(statement)));
  });
}

/** Returns the JSON value of a policy's text. Undefined for two equal keys, of which JSON.parse keeps the last and AWS may keep the first. */
function parsed(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    const policy: unknown = JSON.parse(text);
    return membersIn(text) === membersIn(JSON.stringify(policy)) ? policy : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Counts the members of all objects in a JSON text. */
function membersIn(json: string): number {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").split(":").length;
}

/** True for a statement about inbound integrations and nothing else. */
function isInbound(statement: unknown): boolean {
  const actions = valuesOf(statement, "Action").flat();
  const isOnly = actions.every((action) => typeof action === "string" && inboundActions.includes(toStoredName(action)));
  return actions.length > 0 && isOnly && valuesOf(statement, "NotAction").length === 0;
}

/** Reads a principal: `*`, or one or more principals under `AWS`. */
function sourcesIn(principal: unknown): (Source | undefined)[] {
  if (principal === "*") return [{ kind: "account", owner: "*" }];
  if (!hasOnlyKeys(principal, ["AWS"])) return [undefined];
  return valuesOf(principal, "AWS").flat().map(sourceOf);
}

/**
 * Reads a principal of AWS, as a policy or a snapshot's list of accounts has it: everyone, an account, or a root, user, role or session, which counts as its account.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function sourceOf(principal: unknown): Source | undefined {
  if (principal === "*") return { kind: "account", owner: "*" };
  const [, bare, inArn] = /^(?:([0-9]{12})|arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):.+)$/s.exec(String(principal)) ?? [];
  const owner = typeof principal === "string" ? accountId(bare ?? inArn ?? "") : undefined;
  return owner && { kind: "account", owner };
}
