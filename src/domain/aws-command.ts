import type { Place } from "./place.ts";
import { isPrintable, jsonText } from "./text.ts";

/** An AWS operation and its input, with AWS's names. */
export interface Call {
  readonly operation: string;
  /** The parameters: strings, lists of strings, structures as the API defines them, or true. */
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Returns the AWS CLI command that makes a call at a place: one printable line, quoted for a POSIX shell. When the CLI would not take
 * a text as it is, all parameters are one JSON text, in which it takes every text as it is.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
 */
export function awsCommand(service: string, { operation, input }: Call, { region }: Pick<Place, "region">): string {
  const texts = Object.values(input).flatMap((value) => [value].flat().filter((each) => typeof each === "string"));
  const options = texts.every(isTakenAsItIs)
    ? Object.entries(input).map(([member, value]) => option(hyphenated(member), value))
    : [`--cli-input-json ${quoted(jsonText(input))}`];
  return ["aws", service, hyphenated(operation), ...options, option("region", region)].join(" ");
}

/**
 * False for a text that the CLI takes for something else: for an option (`-…`), for JSON (`[…`, `{…`), or for the address of a file or
 * page that it then reads (`file://…`, `https://…`); and for a text that is not printable.
 */
function isTakenAsItIs(text: string): boolean {
  return isPrintable(text) && !/^\s*[-[{]|^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Returns one option with its value. Structures are JSON. */
function option(name: string, value: unknown): string {
  if (value === true) return `--${name}`;
  if (typeof value === "string") return `--${name} ${quoted(value)}`;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return `--${name} ${value.map(quoted).join(" ")}`;
  return `--${name} ${quoted(jsonText(value))}`;
}

/** Returns the AWS CLI's spelling of a parameter or operation: EC2SecurityGroupName becomes ec2-security-group-name. */
function hyphenated(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

/** Returns a text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
