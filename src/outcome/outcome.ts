import type { Authorization, Call } from "#authorizations/authorization.ts";
import type { EventSummary } from "#cloudtrail/record.ts";
import type { Decision, Violation } from "#domain/decide.ts";
import { type Grant, onEachStore, type Place, type Rule, type Source } from "#domain/grant.ts";
import type { Mode } from "#domain/policy.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import { printable } from "#domain/text.ts";
import type { StatementDocument } from "#policy/schema.ts";

/** How one grant ended. Printed by `--json`, logged under the key `outcome`; outcome.schema.json describes it. */
export type Outcome = {
  readonly grant: Grant;
  readonly event: EventSummary;
  /** Which policy judged, by the SHA-256 of its file, and the mode that held for this grant. */
  readonly policy: { readonly sha256: string; readonly mode: Mode };
  /** Milliseconds from eventTime to the end; absent when the event has no readable time. */
  readonly elapsedMs?: number;
  /** What else has to be known of how it ended. */
  readonly note?: string;
} & (
  | { readonly result: "permitted"; readonly decision: Extract<Decision, { verdict: "permitted" }> }
  | { readonly result: "outOfScope"; readonly decision: Extract<Decision, { verdict: "outOfScope" }> }
  | ({ readonly decision: Violation; readonly permitWith?: StatementDocument } & (
      | { readonly result: "reported" | "alreadyGone" }
      | { readonly result: "revoked"; readonly undo: string }
      | { readonly result: "failed"; readonly error: OutcomeError /** Of the part that was taken back. */; readonly undo?: string }
    ))
);

/** Why a grant could not be taken back. */
export interface OutcomeError {
  readonly name: string;
  readonly message: string;
  readonly requestId?: string;
  readonly attempts: number;
  readonly retryable: boolean;
}

/**
 * The narrowest statement that would permit the grant, ready for the policy; undefined for one that nothing can permit. Of a
 * rule that reaches several stores it names all services and all resources: each of these names in each of these services.
 */
export function permitWith(grant: Grant): StatementDocument | undefined {
  const { service, resource, source } = grant;
  const permitted = permittedSource(source);
  if (!permitted) return undefined;
  const name = `permit-${service}-${resource}-${sourceText(source)}`.replace(/[^A-Za-z0-9.:/-]+/g, "-").slice(0, 128);
  const judged = onEachStore(grant);
  const [services, resources] = [judged.map((one) => one.service), judged.map((one) => asPattern(one.resource))].map((names) => [
    ...new Set(names),
  ]);
  // Who may reach a cluster need not be who may restore its snapshots.
  const authorizations = source.kind === "account" ? { authorizations: [grant.authorization] } : {};
  return { name, ...permitted, services, ...authorizations, resources };
}

function permittedSource(source: Source): Partial<StatementDocument> | undefined {
  switch (source.kind) {
    case "range": {
      const range = parseRange(source.range);
      if (!range) throw new TypeError("A grant's range can always be read");
      return range.prefix === 0 ? { ranges: [formatRange(network(range))], everyone: true } : { ranges: [formatRange(network(range))] };
    }
    case "securityGroup":
      return source.owner === "unknown" ? undefined : { owners: [source.owner], securityGroups: [asPattern(source.securityGroup)] };
    case "account":
      return { owners: [source.owner] };
    case "prefixList":
      return { prefixLists: [source.prefixList] };
  }
}

/** A name as a pattern that fits it; a star in it becomes `?`, which fits less. */
function asPattern(name: string): string {
  return name.replaceAll("*", "?");
}

/** Who is let in, in a few words. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case "range":
      return source.range;
    case "securityGroup":
      return `${source.owner}/${source.securityGroup}`;
    case "account": {
      const { owner, vpcs, consumerIdentifier = owner } = source;
      return vpcs ? `${consumerIdentifier} in ${vpcs.join(",")}` : consumerIdentifier;
    }
    case "prefixList":
      return source.prefixList;
  }
}

/** Which ports a rule opens, in a few words. */
export function portsText({ protocol, fromPort, toPort }: Rule): string {
  const ports =
    fromPort === undefined || toPort === undefined ? "all ports" : fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  return protocol === "-1" ? "all traffic" : `${printable(protocol, 16)} ${ports}`;
}

/** The AWS CLI command that gives the grant again: one line, quoted for a POSIX shell. */
export function undoCommand(authorization: Authorization, grant: Grant): string {
  return awsCommand(grant.service, authorization.undo(grant), grant.place);
}

function awsCommand(service: string, { operation, input }: Call, { region }: Place): string {
  const members = Object.entries(input).map(([member, value]) => option(hyphenated(member), value));
  return ["aws", service, hyphenated(operation), ...members, option("region", region)].join(" ");
}

/** A text that begins with a hyphen would be read as an option, unless it is joined to its own; structures are JSON. */
function option(name: string, value: unknown): string {
  if (value === true) return `--${name}`;
  if (typeof value === "string") return `--${name}${value.startsWith("-") ? "=" : " "}${quoted(value)}`;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return `--${name} ${value.map(quoted).join(" ")}`;
  return `--${name} ${quoted(JSON.stringify(value))}`;
}

/** The AWS CLI's spelling of a member or an operation: EC2SecurityGroupName is ec2-security-group-name. */
function hyphenated(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
