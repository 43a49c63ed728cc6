import { apiOf, elasticache } from "./apis.ts";
import { QueryError } from "./errors.ts";
import type { Query } from "./request.ts";
import { errorResponse, successResponse, type WireResponse } from "./responses.ts";

/** A scripted fault: which requests it affects, and what happens to them. */
export type Fault = FaultMatch & Misbehaviour;

/** Which requests a fault affects. If several faults match a request, only the one that was scripted first counts it. */
interface FaultMatch {
  /** Only this action, such as "RevokeCacheSecurityGroupIngress". */
  readonly action?: string;
  /** Only this service, by its name in the credential scope: "elasticache", "redshift", "ec2", "redshift-serverless". */
  readonly service?: string;
  /** Only requests in this account: that of the caller, or of the role of a session. */
  readonly account?: string;
  /** Only requests in this Region. */
  readonly region?: string;
  /** How many matching requests succeed before the first that is affected; default 0. */
  readonly after?: number;
  /** How many requests are affected; default 1. Infinity: all from then on. */
  readonly times?: number;
}

/** What happens to a request. With `applied` the request takes effect and only its response is wrong; without, it does not take effect. */
export type Misbehaviour =
  /** An error with this code, in the protocol of the API. */
  | {
      readonly answer: "error";
      readonly code: string;
      readonly status: number;
      readonly message?: string;
      readonly applied?: boolean;
    }
  /** An unusable body, with any status: none at all, a web page, a line of text, or the first half of the correct text. */
  | {
      readonly answer: "garbled";
      readonly body: "empty" | "html" | "text" | "truncated";
      readonly status: number;
      readonly applied?: boolean;
    }
  /** A connection reset instead of a response. */
  | { readonly answer: "reset"; readonly applied?: boolean }
  /** No response. The connection stays open until the caller or `close()` ends it. */
  | { readonly answer: "never"; readonly applied?: boolean }
  /** The correct response, this much later. The request takes effect at once. */
  | { readonly answer: "late"; readonly ms: number }
  /** The request takes effect, and `rewrite` replaces the text of the correct response. */
  | { readonly answer: "rewritten"; readonly rewrite: (correct: string) => string };

/** The scripted faults of one emulator. */
export interface FaultScript {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that affects this request, if any. Counts the request. */
  take(query: Query): Misbehaviour | undefined;
}

const conditions = ["action", "service", "account", "region"] as const;

/** A script without faults. */
export function createFaultScript(): FaultScript {
  let script: { readonly fault: Fault; seen: number }[] = [];

  return {
    add(fault) {
      script.push({ fault, seen: 0 });
    },

    clear() {
      script = [];
    },

    take(query) {
      for (const entry of script) {
        const { after = 0, times = 1, ...fault } = entry.fault;
        if (conditions.some((name) => (entry.fault[name] ?? query[name]) !== query[name])) continue;
        entry.seen += 1;
        if (entry.seen > after && entry.seen <= after + times) return fault;
      }
      return undefined;
    },
  };
}

/** Whether a request with this fault takes effect. */
export function isApplied(fault: Misbehaviour): boolean {
  return fault.answer === "late" || fault.answer === "rewritten" || fault.applied === true;
}

/** The response to send in place of the correct one, which is undefined if the request did not take effect. Undefined: send none. */
export function faultyResponse(
  fault: Misbehaviour,
  correct: WireResponse | undefined,
  query: Query,
  requestId: string,
): WireResponse | undefined {
  switch (fault.answer) {
    case "error":
      return errorResponse(query.service, new QueryError(fault.code, fault.status, fault.message ?? fault.code), requestId);
    case "garbled":
      return { status: fault.status, ...garbled(fault.body, correct ?? emptySuccess(query, requestId)) };
    case "reset":
    case "never":
      return undefined;
    case "late":
      return correct;
    case "rewritten":
      return correct && { ...correct, text: fault.rewrite(correct.text) };
  }
}

function garbled(body: "empty" | "html" | "text" | "truncated", correct: WireResponse): Omit<WireResponse, "status"> {
  switch (body) {
    case "empty":
      return { type: "text/xml", text: "" };
    case "html":
      return { type: "text/html", text: "<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>" };
    case "text":
      return { type: "text/plain", text: "upstream connect error" };
    case "truncated":
      return { type: "text/xml", text: correct.text.slice(0, correct.text.length / 2) };
  }
}

function emptySuccess({ service, action }: Query, requestId: string): WireResponse {
  return successResponse(apiOf(service) ?? elasticache, action, [], requestId);
}
