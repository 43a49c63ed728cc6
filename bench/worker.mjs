// Runs a function as Lambda does: `node bench/worker.mjs MODULE [TASK]`. Imports it (init), writes "ready" to descriptor 3, waits for the
// event on stdin, does the task (below; "once" by default) and writes what it measured to descriptor 3.
import { readFileSync, readSync, writeSync } from "node:fs";
import { registerHooks } from "node:module";

const [, , module, task = "once", count] = process.argv;
let loadedBytes = 0;
if (task === "loads") countLoads();
const { handler } = await import(module);
const init = used();
writeSync(3, "ready\n");

const event = readInput();
const tasks = {
  /** What init and one invocation use. */
  async once() {
    const before = used();
    await invoke();
    const after = used();
    return {
      init: init.wall,
      initCpu: init.cpu,
      handler: after.wall - before.wall,
      handlerCpu: after.cpu - before.cpu,
      rssMb: peakRssMb(),
    };
  },
  /** How many events the warm process handles per second. */
  async warm() {
    for (let i = 0; i < count / 4; i++) await invoke();
    const started = performance.now();
    for (let i = 0; i < count; i++) await invoke();
    return { eventsPerSecond: (count * 1000) / (performance.now() - started) };
  },
  /** The bytes of JavaScript that one invocation loads, and the large modules of Node.js. */
  async loads() {
    await invoke();
    const loaded = process.moduleLoadList.flatMap((name) => name.split(/[ /]/));
    return { bytes: loadedBytes, heavy: ["undici", "http2"].filter((name) => loaded.includes(name)) };
  },
};
writeSync(3, JSON.stringify(await tasks[task]()));
process.exit();

/** Reads stdin synchronously, so that nothing of the function runs meanwhile, as in Lambda. */
function readInput() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks).toString();
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // stdin does not block here: try again.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function invoke() {
  const end = Date.now() + 60_000;
  return handler(JSON.parse(event), {
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    functionName: "ingress-warden-bench",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:ingress-warden-bench",
    memoryLimitInMB: "512",
    getRemainingTimeInMillis: () => end - Date.now(),
  });
}

function countLoads() {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url.startsWith("file:")) loadedBytes += loaded.source.length;
      return loaded;
    },
  });
}

/** Milliseconds since this process started, and of CPU on all its threads. */
function used() {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { wall: performance.now(), cpu: (userCPUTime + systemCPUTime) / 1000 };
}

/** Not `resourceUsage().maxRSS` on Linux: in a spawned process, it starts at the peak of the parent. */
function peakRssMb() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
}
