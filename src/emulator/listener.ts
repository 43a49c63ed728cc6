import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import type { Dispatcher } from "./dispatch.ts";
import { type LoggedRequest, logged } from "./request-log.ts";
import { type FaultScript, faultyResponse, isApplied } from "./wire/faults.ts";
import type { RateLimit } from "./wire/rate-limit.ts";
import { type Query, readQuery, serviceOf, type WireRequest } from "./wire/request.ts";
import { errorResponse, type WireResponse } from "./wire/responses.ts";

/** The listener that answers each HTTP request, unless it is throttled, by the script of faults where a fault matches, and appends the request to the log. */
export function createListener(
  dispatcher: Dispatcher,
  rateLimit: RateLimit,
  faults: FaultScript,
  log: LoggedRequest[],
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = randomUUID();
    try {
      const { query, error } = read(await wireRequest(request), dispatcher, requestId);
      const throttling = error === undefined ? rateLimit.take(query) : undefined;
      if (throttling !== undefined) {
        const refusal = errorResponse(query.service, throttling, requestId);
        log.push({ ...logged(query, refusal, false), throttled: true });
        send(refusal, response, requestId);
        return;
      }
      const fault = error === undefined ? faults.take(query) : undefined;
      const correct = error ?? (fault === undefined || isApplied(fault) ? dispatcher.run(query, requestId) : undefined);
      const answer = fault === undefined ? correct : faultyResponse(fault, correct, query, requestId);
      log.push(logged(query, answer, correct?.status === 200));

      if (fault?.answer === "reset") reset(request.socket);
      if (fault?.answer === "late") await delay(fault.ms, undefined, { ref: false });
      if (answer !== undefined) send(answer, response, requestId);
    } catch (error) {
      // The caller disconnected before the body was read, or a test's `rewrite` threw.
      send(errorResponse("", error, requestId), response, requestId);
    }
  };
}

/** Does nothing if the caller has disconnected. */
function send({ status, type, text }: WireResponse, response: ServerResponse, requestId: string): void {
  if (!response.destroyed) response.writeHead(status, { "content-type": type, "x-amzn-requestid": requestId }).end(text);
}

/** A signed GET has its form in the URL. A plain GET, which clients send to open a connection, fails for its missing signature. */
async function wireRequest(request: IncomingMessage): Promise<WireRequest> {
  const body = request.method === "POST" ? await text(request) : (request.url?.split("?")[1] ?? "");
  const { headers } = request;
  const sessionToken = headers["x-amz-security-token"]?.toString();
  return { authorization: headers.authorization, sessionToken, target: headers["x-amz-target"]?.toString(), body };
}

function read(request: WireRequest, dispatcher: Dispatcher, requestId: string): { query: Query; error?: WireResponse } {
  let query = unread;
  try {
    query = dispatcher.identify(readQuery(request));
    dispatcher.authenticate(query);
    return { query };
  } catch (error) {
    return { query, error: errorResponse(query.service || serviceOf(request), error, requestId) };
  }
}

/** What is logged of a request that cannot be read. */
const unread: Query = {
  ...{ accessKeyId: "", sessionToken: undefined, account: "" },
  ...{ region: "", service: "", action: "", version: "", parameters: new Map() },
};

/** A TLS socket cannot send a reset. To its client, a closed connection looks the same. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
