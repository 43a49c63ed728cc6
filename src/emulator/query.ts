/** Form parameters of one request, without `Action` and `Version`. A Map, because the names are request text. */
export type Parameters = ReadonlyMap<string, string>;

/** One AWS API of the Query protocol: its name in a credential scope, the version callers must send, the xmlns of its answers. */
export interface Api {
  readonly service: string;
  readonly version: string;
  readonly namespace: string;
}

/** Amazon ElastiCache and Amazon Redshift, by the pages Welcome of their API references. */
export const elasticache: Api = {
  service: "elasticache",
  version: "2015-02-02",
  namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/",
};
export const redshift: Api = {
  service: "redshift",
  version: "2012-12-01",
  namespace: "http://redshift.amazonaws.com/doc/2012-12-01/",
};

/** AWS STS, by the page Welcome of its API reference. */
export const sts: Api = { service: "sts", version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" };

/** The API of that name in a credential scope. */
export function apiOf(service: string): Api | undefined {
  return [elasticache, redshift, sts].find((api) => api.service === service);
}

/** What a request asks, and of whom. */
export interface Query {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: Parameters;
}

/** An XML element: its name, and its text or its children. */
export type Element = readonly [name: string, content: string | readonly Element[]];

/** What goes back over the wire; `code` is the one in the text, if it is a refusal. */
export interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly type: string;
  readonly text: string;
}

/** A refusal as AWS words it (page CommonErrors, and the Errors of each action). Thrown by operations, answered as `<ErrorResponse>`. */
export class QueryError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Reads the signer's scope and the form (page CommonParameters). No signature is checked; an access key id of 12 digits is the account. */
export function readQuery(authorization: string | undefined, form: string): Query {
  if (authorization === undefined) {
    throw new QueryError("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
  }
  const scope = /Credential=([^/\s,]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request\b/.exec(authorization);
  if (scope === null) {
    throw new QueryError("IncompleteSignature", 400, "Credential must have a scope of date, Region and service");
  }
  const [, accessKeyId = "", region = "", service = ""] = scope;
  const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : "123456789012";

  const parameters = new Map(new URLSearchParams(form));
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  parameters.delete("Action");
  parameters.delete("Version");
  return { account, region, service, action, version, parameters };
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

/** The refusal of a value, under the code that all Query services share (page CommonErrors). */
export function invalidValue(message: string): QueryError {
  return new QueryError("InvalidParameterValue", 400, message);
}

/** The refusal of values that do not go together (page CommonErrors). */
export function invalidCombination(message: string): QueryError {
  return new QueryError("InvalidParameterCombination", 400, message);
}

/** The answer to a success. An operation without output has no Result, only metadata, as in page API_DeleteClusterSecurityGroup. */
export function success(api: Api, action: string, result: readonly Element[] | undefined, requestId: string): Answer {
  const metadata: Element = ["ResponseMetadata", [["RequestId", requestId]]];
  const content: Element[] = result === undefined ? [metadata] : [[`${action}Result`, result], metadata];
  return { status: 200, type: "text/xml", text: root(`${action}Response`, api, content) };
}

/** The answer to a refusal. What is no QueryError is a mistake of the emulator's own, an InternalFailure. */
export function refusal(service: string, cause: unknown, requestId: string): Answer {
  const error = cause instanceof QueryError ? cause : new QueryError("InternalFailure", 500, String(cause));
  const { code, status, message } = error;
  const type = status < 500 ? "Sender" : "Receiver";
  const fields: Element[] = [
    ["Type", type],
    ["Code", code],
    ["Message", message],
  ];
  const content: Element[] = [
    ["Error", fields],
    ["RequestId", requestId],
  ];
  return { status, code, type: "text/xml", text: root("ErrorResponse", apiOf(service), content) };
}

function root(name: string, api: Api | undefined, content: readonly Element[]): string {
  const xmlns = api === undefined ? "" : ` xmlns="${api.namespace}"`;
  return `<${name}${xmlns}>${content.map(write).join("")}</${name}>`;
}

function write([name, content]: Element): string {
  if (content.length === 0) return `<${name}/>`;
  return `<${name}>${typeof content === "string" ? escapeText(content) : content.map(write).join("")}</${name}>`;
}

/** Everything that is markup, and every control character: a parser would turn a raw CR into LF. */
function escapeText(text: string): string {
  return text.replace(/[&<>"'\p{Cc}\u2028\u2029]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}
