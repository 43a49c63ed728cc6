import { apiOf, apiOfTarget } from "./apis.ts";
import { QueryError } from "./errors.ts";
import type { Parameters } from "./parameters.ts";

/** A request after parsing: its action and parameters, its Region, and the credentials that signed it. */
export interface SignedQuery {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: Parameters;
}

/** A request and the account that it acts in: that of its credentials. */
export interface Query extends SignedQuery {
  readonly account: string;
}

/** The parts of an HTTP request that the protocols use. */
export interface WireRequest {
  readonly authorization: string | undefined;
  /** X-Amz-Security-Token, which a request with temporary credentials has (page CommonParameters). */
  readonly sessionToken: string | undefined;
  /** X-Amz-Target, which only JSON 1.1 has. */
  readonly target: string | undefined;
  /** The form, or the JSON. */
  readonly body: string;
}

/**
 * Reads the credential scope and the parameters (page CommonParameters). No signature is verified. Throws QueryError if there is no
 * scope, or if the body is not JSON where it must be.
 */
export function readQuery({ authorization, sessionToken, target, body }: WireRequest): SignedQuery {
  if (authorization === undefined) {
    throw new QueryError("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
  }
  const scope = /Credential=([^/\s,]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request\b/.exec(authorization);
  if (scope === null) {
    throw new QueryError("IncompleteSignature", 400, "Credential must have a scope of date, Region and service");
  }
  const [, accessKeyId = "", region = "", service = ""] = scope;
  return { accessKeyId, sessionToken, region, service, ...(target === undefined ? readForm(body) : readJson(target, body)) };
}

function readForm(form: string): Pick<SignedQuery, "action" | "version" | "parameters"> {
  const parameters = new Map(new URLSearchParams(form));
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  parameters.delete("Action");
  parameters.delete("Version");
  return { action, version, parameters };
}

/** A JSON 1.1 request has no version: the version is that of the API that the target names. */
function readJson(target: string, body: string): Pick<SignedQuery, "action" | "version" | "parameters"> {
  const action = target.slice(target.lastIndexOf(".") + 1);
  return { action, version: apiOfTarget(target)?.version ?? "", parameters: new Map(flatten(parseJson(body))) };
}

function parseJson(body: string): unknown {
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

/** The service whose protocol an error has when the request could not be read. Empty: the Query protocol. */
export function serviceOf({ target }: WireRequest): string {
  return apiOfTarget(target ?? "")?.service ?? "";
}

/** The error for an action that the API does not have. */
export function unknownAction({ service, action, version }: SignedQuery): QueryError {
  const code = apiOf(service)?.protocol === "json" ? "UnknownOperationException" : "InvalidAction";
  return new QueryError(code, 400, `Could not find operation ${action} for version ${version}`);
}
