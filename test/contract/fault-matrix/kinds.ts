import { once } from "node:events";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Misbehaviour } from "#emulator/index.ts";
import type { Nature } from "./table.ts";

/** An address that a request is sent to instead of AWS. */
interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** A kind of fault. */
export interface Kind {
  readonly kind: string;
  readonly nature: Nature;
  /** How AWS responds to a request of this action, or the address that the request is sent to instead. */
  readonly faultOf: (action: string) => Misbehaviour | Address;
  /** The milliseconds of an invocation with one such fault: enough for one timeout and a retry. Default 20,000. */
  readonly remaining?: number;
}

/** A port on which no process listens. */
const closedPort: Address = { hostname: "127.0.0.1", port: 1 };
/** RFC 6761: a name that never resolves. */
const unresolvable: Address = { hostname: "warden.invalid", port: 80 };
/** A port whose queue is full, so that a connect never ends. */
const fullPort = { hostname: "127.0.0.1", port: 0 };

/** Opens the full port. Returns a function that closes it. */
export async function openFullPort(): Promise<() => Promise<void>> {
  const code = `const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => parentPort.postMessage(server.address().port));
    parentPort.once("message", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`;
  const worker = new Worker(code, { eval: true });
  [fullPort.port] = await once(worker, "message");
  worker.postMessage("stop");
  await sleep(100);
  const waiting = [1, 2, 3].map(() => new Socket().on("error", () => {}).connect(fullPort));
  await sleep(100);
  return async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  };
}

const error = (code: string, status: number) => () => ({ answer: "error", code, status }) as const;
const responding = (misbehaviour: Misbehaviour) => () => misbehaviour;

/** The errors of each action for a resource in an invalid state, and for one that does not exist. */
const errorCodes: readonly (readonly [action: RegExp, state: string, absent: string, status: number])[] = [
  [/CacheSecurityGroup/, "InvalidCacheSecurityGroupState", "CacheSecurityGroupNotFound", 404],
  [/ClusterSecurityGroup/, "InvalidClusterSecurityGroupState", "ClusterSecurityGroupNotFound", 404],
  [/VpcEndpoints/, "InvalidState", "InvalidVpcEndpointId.NotFound", 400],
  [/Workgroup|ListEndpointAccess/, "InvalidWorkgroupState", "ResourceNotFound", 404],
  [/EndpointA/, "InvalidClusterState", "ClusterNotFound", 404],
  [/ResourcePolicy/, "InvalidState", "ResourceNotFoundException", 404],
  [/Snapshot/, "InvalidClusterSnapshotState", "ClusterSnapshotNotFound", 404],
  [/Deauthorize/, "InvalidDataShareFault", "InvalidDataShareFault", 400],
  [/DataShare/, "InvalidNamespaceState", "InvalidDataShareFault", 400],
  [/PrefixList/, "InvalidState", "InvalidPrefixListID.NotFound", 400],
  [/SecurityGroup|NetworkInterface/, "InvalidState", "InvalidGroup.NotFound", 400],
  [/Serverless/, "InvalidServerlessCacheStateFault", "ServerlessCacheNotFoundFault", 404],
  [/CacheCluster/, "InvalidCacheClusterState", "CacheClusterNotFound", 404],
  [/Clusters/, "InvalidClusterState", "ClusterNotFound", 404],
];

function errorOf(action: string, what: "state" | "absent"): Misbehaviour {
  const [, state, absent, status] = errorCodes.find(([fits]) => fits.test(action)) ?? [];
  if (state === undefined || absent === undefined || status === undefined) throw new Error(`The errors of ${action} are missing`);
  return what === "state" ? { answer: "error", code: state, status: 400 } : { answer: "error", code: absent, status };
}

const waits = { remaining: 12_000 } as const;

/** Every kind of fault except a killed process, which is in kill.ts. */
export const kinds: readonly Kind[] = [
  { kind: "throttling", nature: "lost", faultOf: error("Throttling", 400) },
  { kind: "an internal failure, 500", nature: "lost", faultOf: error("InternalFailure", 500) },
  { kind: "a web page, 503", nature: "lost", faultOf: responding({ answer: "garbled", body: "html", status: 503 }) },
  { kind: "connection refused", nature: "lost", faultOf: () => closedPort },
  { kind: "a reset before completion", nature: "lost", faultOf: responding({ answer: "reset" }) },
  { kind: "a reset after completion", nature: "done", faultOf: responding({ answer: "reset", applied: true }) },
  { kind: "a name that does not resolve", nature: "lost", faultOf: () => unresolvable },
  { kind: "a connect timeout", nature: "lost", faultOf: () => fullPort },
  { kind: "a socket timeout", nature: "lost", faultOf: responding({ answer: "never" }), ...waits },
  { kind: "a slow response", nature: "slow", faultOf: responding({ answer: "late", ms: 100 }) },
  { kind: "a response that comes too late", nature: "done", faultOf: responding({ answer: "late", ms: 60_000 }), ...waits },
  { kind: "half of the XML, not completed", nature: "lost", faultOf: responding({ answer: "garbled", body: "truncated", status: 200 }) },
  {
    kind: "half of the XML, completed",
    nature: "done",
    faultOf: responding({ answer: "garbled", body: "truncated", status: 200, applied: true }),
  },
  { kind: "an empty 200, not completed", nature: "lost", faultOf: responding({ answer: "garbled", body: "empty", status: 200 }) },
  {
    kind: "an empty 200, completed",
    nature: "done",
    faultOf: responding({ answer: "garbled", body: "empty", status: 200, applied: true }),
  },
  { kind: "AccessDenied", nature: "refused", faultOf: error("AccessDenied", 403) },
  { kind: "an expired token", nature: "refused", faultOf: error("ExpiredToken", 403) },
  { kind: "an invalid state", nature: "lost", faultOf: (action) => errorOf(action, "state") },
  { kind: "not found", nature: "absent", faultOf: (action) => errorOf(action, "absent") },
];
