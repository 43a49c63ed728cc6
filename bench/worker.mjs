// One cold start and one invocation as Lambda makes them: `node bench/worker.mjs MODULE`. Says "ready" on descriptor 3 after init,
// waits for the event on stdin (nothing of the function runs meanwhile, as in Lambda), then says what each phase took.
import { readFileSync, writeSync } from "node:fs";
import { context } from "./context.mjs";
import { readInput } from "./read-input.mjs";

const { handler } = await import(process.argv[2]);
const init = used();
writeSync(3, "ready\n");

const text = readInput();
const before = used();
await handler(JSON.parse(text), context());
const after = used();

const rssMb = peakRssMb();
writeSync(
  3,
  JSON.stringify({
    init: init.wall,
    initCpu: init.cpu,
    handler: after.wall - before.wall,
    handlerCpu: after.cpu - before.cpu,
    rssMb,
  }),
);
process.exit();

/** Milliseconds since this process began, and of user and system time on all its threads. */
function used() {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { wall: performance.now(), cpu: (userCPUTime + systemCPUTime) / 1000 };
}

/** Not `resourceUsage().maxRSS` on Linux: that of a process which was spawned begins at the peak of its parent. */
function peakRssMb() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
}
