import { refusal, success } from "./answers.ts";
import { apiOf, elasticache } from "./apis.ts";
import { type Answer, type Query, QueryError } from "./query.ts";

/** Something that goes wrong, scripted: which requests it meets, and what they meet. */
export type Fault = FaultMatch & Misbehaviour;

/** Which requests a fault meets. Of several faults that fit, the one scripted first takes the request, and the others do not count it. */
interface FaultMatch {
  /** Only this action, such as "RevokeCacheSecurityGroupIngress". */
  readonly action?: string;
  /** Only this service, by its name in the credential scope: "elasticache", "redshift", "ec2", "redshift-serverless". */
  readonly service?: string;
  /** How many fitting requests pass unharmed before the first that is met; 0 unless told. */
  readonly after?: number;
  /** How many requests are met; 1 unless told. Infinity: from there on. */
  readonly times?: number;
}

/** What a request meets. With `applied`, it is carried out first, so that only the answer is wrong; without, nothing has happened. */
export type Misbehaviour =
  /** A refusal with this code, in the protocol of the API. */
  | {
      readonly answer: "error";
      readonly code: string;
      readonly status: number;
      readonly message?: string;
      readonly applied?: boolean;
    }
  /** A body that is no answer, with any status: none at all, a web page, a line of text, or half of the right text. */
  | {
      readonly answer: "garbled";
      readonly body: "empty" | "html" | "text" | "truncated";
      readonly status: number;
      readonly applied?: boolean;
    }
  /** The connection is reset; with `applied`, the answer is lost. */
  | { readonly answer: "reset"; readonly applied?: boolean }
  /** No answer, ever. The connection stays open until the caller or `close()` ends it. */
  | { readonly answer: "never"; readonly applied?: boolean }
  /** The right answer, this much later. What was asked is done at once. */
  | { readonly answer: "late"; readonly ms: number }
  /** What was asked is done, and the answer's text is what `rewrite` makes of the right text. */
  | { readonly answer: "rewritten"; readonly rewrite: (right: string) => string };

/** The faults scripted for one emulator. */
interface FaultScript {
  add(fault: Fault): void;
  clear(): void;
  /** What this request meets, if anything. Counts it. */
  meet(query: Query): Misbehaviour | undefined;
}

/** Begins with no faults. */
export function scriptFaults(): FaultScript {
  let script: { readonly fault: Fault; seen: number }[] = [];

  return {
    add(fault) {
      script.push({ fault, seen: 0 });
    },

    clear() {
      script = [];
    },

    meet({ service, action }) {
      for (const entry of script) {
        const { after = 0, times = 1, ...fault } = entry.fault;
        if ((fault.action ?? action) !== action || (fault.service ?? service) !== service) continue;
        entry.seen += 1;
        if (entry.seen > after && entry.seen <= after + times) return fault;
      }
      return undefined;
    },
  };
}

/** Whether a request that meets this is carried out all the same. */
export function isApplied(met: Misbehaviour): boolean {
  return met.answer === "late" || met.answer === "rewritten" || met.applied === true;
}

/** What goes back instead of the right answer (undefined if it was not carried out); undefined when nothing does. */
export function spoil(met: Misbehaviour, right: Answer | undefined, query: Query, requestId: string): Answer | undefined {
  switch (met.answer) {
    case "error":
      return refusal(query.service, new QueryError(met.code, met.status, met.message ?? met.code), requestId);
    case "garbled":
      return { status: met.status, ...garbage(met.body, right ?? emptySuccess(query, requestId)) };
    case "reset":
    case "never":
      return undefined;
    case "late":
      return right;
    case "rewritten":
      return right && { ...right, text: met.rewrite(right.text) };
  }
}

function garbage(body: "empty" | "html" | "text" | "truncated", whole: Answer): Omit<Answer, "status"> {
  switch (body) {
    case "empty":
      return { type: "text/xml", text: "" };
    case "html":
      return { type: "text/html", text: "<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>" };
    case "text":
      return { type: "text/plain", text: "upstream connect error" };
    case "truncated":
      return { type: "text/xml", text: whole.text.slice(0, whole.text.length / 2) };
  }
}

function emptySuccess({ service, action }: Query, requestId: string): Answer {
  return success(apiOf(service) ?? elasticache, action, [], requestId);
}
