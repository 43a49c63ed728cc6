import { apiOf, apiOfTarget } from "./apis.ts";

/**
 * Form parameters of one request, without `Action` and `Version`. A Map, because the names are request text. The members of a JSON
 * request become the same: text, with lists numbered from 1.
 */
export type Parameters = ReadonlyMap<string, string>;

/** What a request asks, and of whom. */
export interface Query {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: Parameters;
}

/** A request as it comes in: what of its headers matters, and its form or its JSON. */
export interface WireRequest {
  readonly authorization: string | undefined;
  readonly target: string | undefined;
  readonly body: string;
}

/** An element of an answer: its name, and its text or its children. */
export type Element = readonly [name: string, content: Content];
export type Content = string | number | boolean | readonly Element[];

/** Elements by their names. */
export function elements(contents: Readonly<Record<string, Content>>): readonly Element[] {
  return Object.entries(contents);
}

/** An element that is left out where there is nothing to say. */
export function text(name: string, content: string | undefined): readonly Element[] {
  return content === undefined ? [] : [[name, content]];
}

/** What goes back over the wire; `code` is the one in the text, if it is a refusal. */
export interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly type: string;
  readonly text: string;
}

/** A refusal as AWS words it (page CommonErrors, and the Errors of each action). Thrown by operations, answered in the API's protocol. */
export class QueryError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Reads the signer's scope and the parameters (page CommonParameters). No signature is checked; an access key id of 12 digits is the account. */
export function readQuery({ authorization, target, body }: WireRequest): Query {
  if (authorization === undefined) {
    throw new QueryError("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
  }
  const scope = /Credential=([^/\s,]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request\b/.exec(authorization);
  if (scope === null) {
    throw new QueryError("IncompleteSignature", 400, "Credential must have a scope of date, Region and service");
  }
  const [, accessKeyId = "", region = "", service = ""] = scope;
  const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : "123456789012";
  return { account, region, service, ...(target === undefined ? readForm(body) : readJson(target, body)) };
}

function readForm(form: string): Pick<Query, "action" | "version" | "parameters"> {
  const parameters = new Map(new URLSearchParams(form));
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  parameters.delete("Action");
  parameters.delete("Version");
  return { action, version, parameters };
}

/** JSON 1.1 has no version in the request: the target that fits stands for it. */
function readJson(target: string, body: string): Pick<Query, "action" | "version" | "parameters"> {
  const action = target.slice(target.lastIndexOf(".") + 1);
  return { action, version: apiOfTarget(target)?.version ?? "", parameters: new Map(flatten(parse(body))) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === "" ? "{}" : body);
  } catch {
    throw new QueryError("SerializationException", 400, "The request is not JSON.");
  }
}

function flatten(value: unknown, name = ""): (readonly [string, string])[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[name, String(value)]];
  const members = Array.isArray(value) ? value.map((item, n) => [n + 1, item]) : Object.entries(value);
  return members.flatMap(([key, item]) => flatten(item, name === "" ? `${key}` : `${name}.${key}`));
}

/** The service whose protocol refuses what cannot even be read. */
export function serviceOf({ target }: WireRequest): string {
  return apiOfTarget(target ?? "")?.service ?? "";
}

/** The refusal of an action that an API does not have. */
export function unknownAction({ service, action, version }: Query): QueryError {
  const code = apiOf(service)?.protocol === "json" ? "UnknownOperationException" : "InvalidAction";
  return new QueryError(code, 400, `Could not find operation ${action} for version ${version}`);
}

/**
 * The text of a parameter that must be there. ElastiCache answers an absent one and a blank one alike, with InvalidParameterValue and this
 * sentence (github.com/cloudposse/terraform-aws-elasticache-redis/issues/89); MissingParameter of CommonErrors is not what it sends.
 */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value.trim() === "") throw invalidValue(`The parameter ${name} must be provided and must not be blank.`);
  return value;
}

/** The text of a parameter that may be absent, but not blank. */
export function optional(parameters: Parameters, name: string): string | undefined {
  return parameters.has(name) ? required(parameters, name) : undefined;
}

/** A list of texts: `TagKeys.TagKey.1`, `TagKeys.TagKey.2`, and so on without a gap. */
export function list(parameters: Parameters, name: string): readonly string[] {
  const values: string[] = [];
  while (true) {
    const value = parameters.get(`${name}.${values.length + 1}`);
    if (value === undefined) return values;
    values.push(value);
  }
}

/** A list of structures: the parameters of each, under their own names. */
export function structures(parameters: Parameters, name: string): readonly Parameters[] {
  const found: Parameters[] = [];
  while (true) {
    const prefix = `${name}.${found.length + 1}.`;
    const own = [...parameters].filter(([key]) => key.startsWith(prefix));
    if (own.length === 0) return found;
    found.push(new Map(own.map(([key, value]) => [key.slice(prefix.length), value])));
  }
}

/** A Boolean; undefined when absent. */
export function flag(parameters: Parameters, name: string): boolean | undefined {
  const text = parameters.get(name);
  return text === undefined ? undefined : text === "true";
}

/** A whole number; undefined when absent. */
export function whole(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw invalidValue(`Invalid value ${text} for ${name}. It must be a whole number.`);
}

/** The refusal of a value, under the code that all Query services share (page CommonErrors). */
export function invalidValue(message: string): QueryError {
  return new QueryError("InvalidParameterValue", 400, message);
}

/** The refusal of values that do not go together (page CommonErrors). */
export function invalidCombination(message: string): QueryError {
  return new QueryError("InvalidParameterCombination", 400, message);
}
