import type { Authorization, Call } from "#authorizations/authorization.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";

/** The AWS CLI command that gives the grant again: one line, quoted for a POSIX shell. */
export function undoCommand(authorization: Authorization, grant: Grant): string {
  return awsCommand(grant.service, authorization.undo(grant), grant.place);
}

function awsCommand(service: string, { operation, input }: Call, { region }: Place): string {
  const members = Object.entries(input).map(([member, value]) => option(hyphenated(member), value));
  return ["aws", service, hyphenated(operation), ...members, option("region", region)].join(" ");
}

/** One option. A text that begins with a hyphen is joined to its option, or the CLI reads it as another; structures are JSON. */
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
