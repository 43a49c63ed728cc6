import type { Parameters } from "./wire/parameters.ts";
import type { Query } from "./wire/request.ts";
import type { WireResponse } from "./wire/responses.ts";

/** One request. Account, Region, service and action are empty if the request does not state them. */
export interface LoggedRequest {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly parameters: Parameters;
  /** The HTTP status of the response; absent if there was no response. */
  readonly status?: number;
  /** The error code of the response, if it is an error. */
  readonly code?: string;
  /** Present if the rate limit or the throttled share refused the request. */
  readonly throttled?: true;
  /** Whether the request took effect, whatever the response said. */
  readonly applied: boolean;
}

/** The log entry of a request. */
export function logged(query: Query, response: WireResponse | undefined, applied: boolean): LoggedRequest {
  const { account, region, service, action, parameters } = query;
  const request = { account, region, service, action, parameters, applied };
  if (response === undefined) return request;
  const { status, code } = response;
  return code === undefined ? { ...request, status } : { ...request, status, code };
}
