import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { openAccounts } from "./dispatch.ts";
import type { DataShareSeed } from "./redshift/data-shares.ts";
import { refusal } from "./wire/answers.ts";
import { type Fault, isApplied, scriptFaults, spoil } from "./wire/faults.ts";
import { type Answer, type Parameters, type Query, readQuery, serviceOf, type WireRequest } from "./wire/query.ts";

export type { Misbehaviour } from "./wire/faults.ts";

/** How the emulator behaves; all optional. */
export interface EmulatorOptions {
  /** Any free port unless told. */
  readonly port?: number;
  /**
   * How long a change stays `authorizing`, `revoking` or `creating`; with 0, the default, until the next request. EC2 has no such states:
   * there, reads show a rule as it was before its change for as long, as eventual consistency lets them; with 0, never.
   */
  readonly settleMs?: number;
  /**
   * An Authorize or Modify call to something that does not exist creates it first, and what it hangs on: events tell of calls, not of what
   * was there before.
   */
  readonly createMissing?: boolean;
  /** Items on a page, whatever a request's MaxRecords or MaxResults says, so that few groups make many pages. */
  readonly pageSize?: number;
  /** Serve https, with this key and certificate in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An AWS endpoint on loopback, until it is closed. */
export interface Emulator extends AsyncDisposable {
  /** For a client's `endpoint`, or AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Scripts a fault, after those that are scripted already. */
  fail(fault: Fault): void;
  /** Forgets all faults. Requests that wait in silence go on waiting. */
  heal(): void;
  /** Makes a datashare, as CREATE DATASHARE and GRANT do in SQL: AWS has no API for it. */
  createDataShare(seed: DataShareSeed): void;
  /** Forgets every resource and every request. */
  clear(): void;
  /** Ends at once, whatever is open or unanswered. */
  close(): Promise<void>;
}

/** One request. Account, Region, service and action are empty where the request does not say them. */
export interface LoggedRequest {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly parameters: Parameters;
  /** The HTTP status of the answer; absent when no answer was given. */
  readonly status?: number;
  /** The wire code, if it was refused. */
  readonly code?: string;
  /** Whether what was asked was done, whatever the answer said. */
  readonly applied: boolean;
}

/** Serves AWS's Query protocol, EC2's and JSON 1.1 on 127.0.0.1, over an empty state. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, settleMs = 0, createMissing = false, pageSize, tls } = options;
  const accounts = openAccounts({ settleMs, createMissing, pageSize });
  const faults = scriptFaults();
  const requests: LoggedRequest[] = [];

  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const send = ({ status, type, text }: Answer) =>
      response.writeHead(status, { "content-type": type, "x-amzn-requestid": requestId }).end(text);
    try {
      const { query, refused } = read(await wireRequest(request), requestId);
      const met = refused === undefined ? faults.meet(query) : undefined;
      const right = refused ?? (met === undefined || isApplied(met) ? accounts.carryOut(query, requestId) : undefined);
      const answer = met === undefined ? right : spoil(met, right, query, requestId);
      requests.push(logged(query, answer, right?.status === 200));

      if (met?.answer === "reset") reset(request.socket);
      if (met?.answer === "late") await delay(met.ms, undefined, { ref: false });
      if (answer !== undefined && !response.destroyed) send(answer);
    } catch (error) {
      // The caller left before the form was read, or a test's own rewrite() threw.
      if (!response.destroyed) send(refusal("", error, requestId));
    }
  };

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // AWS keeps idle connections for longer than Node's five seconds; a test must not meet a reset that it did not script.
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const boundPort = typeof address === "object" ? address?.port : port;

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  };

  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${boundPort}`,
    requests,
    fail: faults.add,
    heal: faults.clear,
    createDataShare: accounts.createDataShare,
    clear() {
      accounts.clear();
      requests.length = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A signed GET carries its form in the URL; a bare one, which merely opens a connection, is refused for its missing signature. */
async function wireRequest(request: IncomingMessage): Promise<WireRequest> {
  const body = request.method === "POST" ? await text(request) : (request.url?.split("?")[1] ?? "");
  return { authorization: request.headers.authorization, target: request.headers["x-amz-target"]?.toString(), body };
}

function read(request: WireRequest, requestId: string): { query: Query; refused?: Answer } {
  try {
    return { query: readQuery(request) };
  } catch (error) {
    const query = { account: "", region: "", service: "", action: "", version: "", parameters: new Map() };
    return { query, refused: refusal(serviceOf(request), error, requestId) };
  }
}

function logged(query: Query, answer: Answer | undefined, applied: boolean): LoggedRequest {
  const { account, region, service, action, parameters } = query;
  const request = { account, region, service, action, parameters, applied };
  if (answer === undefined) return request;
  const { status, code } = answer;
  return code === undefined ? { ...request, status } : { ...request, status, code };
}

/** A TLS socket cannot send a reset; breaking off looks the same to its client. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
