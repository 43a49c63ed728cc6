import { once } from "node:events";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Misbehaviour } from "#emulator/index.ts";
import type { Nature } from "./table.ts";

/** Somewhere that a request goes instead of to AWS. */
interface Elsewhere {
  readonly hostname: string;
  readonly port: number;
}

/** One way in which a request goes wrong. */
export interface Kind {
  readonly kind: string;
  readonly nature: Nature;
  /** What AWS does to a request, or where the request goes instead. */
  readonly meet: (action: string) => Misbehaviour | Elsewhere;
  /** Milliseconds that the invocation has when it is met once: enough for one wait and another try. */
  readonly patience?: number;
}

/** Nobody listens there. */
const nobody: Elsewhere = { hostname: "127.0.0.1", port: 1 };
/** RFC 6761: a name that never resolves. */
const nowhere: Elsewhere = { hostname: "warden.invalid", port: 80 };
const wall = { hostname: "127.0.0.1", port: 0 };

/** Makes a port whose queue is full, so that connecting to it takes forever. Ends with what it returns. */
export async function buildWall(): Promise<() => Promise<void>> {
  const code = `const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => parentPort.postMessage(server.address().port));
    parentPort.once("message", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`;
  const worker = new Worker(code, { eval: true });
  [wall.port] = await once(worker, "message");
  worker.postMessage("stop");
  await sleep(100);
  const waiting = [1, 2, 3].map(() => new Socket().on("error", () => {}).connect(wall));
  await sleep(100);
  return async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  };
}

const error = (code: string, status: number) => () => ({ answer: "error", code, status }) as const;
const answer = (misbehaviour: Misbehaviour) => () => misbehaviour;

/** What AWS calls a resource that is not ready, and one that is not there: by the errors that each action has. */
const words: readonly (readonly [action: RegExp, state: string, absent: string, status: number])[] = [
  [/CacheSecurityGroup/, "InvalidCacheSecurityGroupState", "CacheSecurityGroupNotFound", 404],
  [/ClusterSecurityGroup/, "InvalidClusterSecurityGroupState", "ClusterSecurityGroupNotFound", 404],
  [/EndpointA/, "InvalidClusterState", "ClusterNotFound", 404],
  [/Snapshot/, "InvalidClusterSnapshotState", "ClusterSnapshotNotFound", 404],
  [/Deauthorize/, "InvalidDataShareFault", "InvalidDataShareFault", 400],
  [/DataShare/, "InvalidNamespaceState", "InvalidDataShareFault", 400],
  [/PrefixList/, "InvalidState", "InvalidPrefixListID.NotFound", 400],
  [/SecurityGroup|NetworkInterface/, "InvalidState", "InvalidGroup.NotFound", 400],
  [/Serverless/, "InvalidServerlessCacheStateFault", "ServerlessCacheNotFoundFault", 404],
  [/CacheCluster/, "InvalidCacheClusterState", "CacheClusterNotFound", 404],
  [/Clusters/, "InvalidClusterState", "ClusterNotFound", 404],
  [/Workgroup/, "InvalidWorkgroupState", "ResourceNotFound", 404],
];

function said(action: string, what: "state" | "absent"): Misbehaviour {
  const [, state, absent, status] = words.find(([fits]) => fits.test(action)) ?? [];
  if (state === undefined || absent === undefined || status === undefined) throw new Error(`What AWS says is missing for ${action}`);
  return what === "state" ? { answer: "error", code: state, status: 400 } : { answer: "error", code: absent, status };
}

const waits = { patience: 12_000 } as const;

/** Every kind of fault but a killed process, which `killAt` has. */
export const kinds: readonly Kind[] = [
  { kind: "throttling", nature: "lost", meet: error("Throttling", 400) },
  { kind: "an internal failure, 500", nature: "lost", meet: error("InternalFailure", 500) },
  { kind: "a web page, 503", nature: "lost", meet: answer({ answer: "garbled", body: "html", status: 503 }) },
  { kind: "connection refused", nature: "lost", meet: () => nobody },
  { kind: "a reset before it was done", nature: "lost", meet: answer({ answer: "reset" }) },
  { kind: "a reset after it was done", nature: "done", meet: answer({ answer: "reset", applied: true }) },
  { kind: "a name that does not resolve", nature: "lost", meet: () => nowhere },
  { kind: "a connect timeout", nature: "lost", meet: () => wall },
  { kind: "a socket timeout", nature: "lost", meet: answer({ answer: "never" }), ...waits },
  { kind: "a slow answer", nature: "slow", meet: answer({ answer: "late", ms: 100 }) },
  { kind: "an answer that comes too late", nature: "done", meet: answer({ answer: "late", ms: 60_000 }), ...waits },
  { kind: "half of the XML, not done", nature: "lost", meet: answer({ answer: "garbled", body: "truncated", status: 200 }) },
  { kind: "half of the XML, done", nature: "done", meet: answer({ answer: "garbled", body: "truncated", status: 200, applied: true }) },
  { kind: "an empty 200, not done", nature: "lost", meet: answer({ answer: "garbled", body: "empty", status: 200 }) },
  { kind: "an empty 200, done", nature: "done", meet: answer({ answer: "garbled", body: "empty", status: 200, applied: true }) },
  { kind: "AccessDenied", nature: "refused", meet: error("AccessDenied", 403) },
  { kind: "an expired token", nature: "refused", meet: error("ExpiredToken", 403) },
  { kind: "an invalid state", nature: "lost", meet: (action) => said(action, "state") },
  { kind: "not found", nature: "absent", meet: (action) => said(action, "absent") },
];
