import type { Authorization, Call } from "#authorizations/authorization.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";

/** Returns the AWS CLI command that grants the same access again: one line, quoted for a POSIX shell. */
export function undoCommand(authorization: Authorization, grant: Grant): string {
  return awsCommand(grant.service, authorization.undo(grant), grant.place);
}

/** Returns an AWS CLI command for a call in a place: one line, quoted for a POSIX shell. */
export function awsCommand(service: string, { operation, input }: Call, { region }: Place): string {
  const members = Object.entries(input).map(([member, value]) => option(hyphenated(member), value));
  return ["aws", service, hyphenated(operation), ...members, option("region", region)].join(" ");
}

/**
 * Returns one option with its value. A value that begins with a hyphen is joined by `=`, or the CLI reads it as an option.
 * Structures are JSON.
 */
function option(name: string, value: unknown): string {
  if (value === true) return `--${name}`;
  if (typeof value === "string") return `--${name}${value.startsWith("-") ? "=" : " "}${quoted(value)}`;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return `--${name} ${value.map(quoted).join(" ")}`;
  return `--${name} ${quoted(JSON.stringify(value))}`;
}

/** Returns the AWS CLI's spelling of a parameter or operation: EC2SecurityGroupName becomes ec2-security-group-name. */
function hyphenated(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
