/** How often this process was not scheduled for so long that a measured time is not the function's. */
let stalls = 0;
const tick = 25;
const still = 75;
let last = performance.now();

setInterval(() => {
  const now = performance.now();
  if (now - last > tick + still) stalls += 1;
  last = now;
}, tick).unref();

/**
 * Runs a test whose result depends on time. If it fails and the process has stalled meanwhile, the test runs again, up to
 * five times.
 */
export async function whileRunning(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = stalls;
    try {
      return await work();
    } catch (failure) {
      if (stalls === before || attempt === 5) throw failure;
    }
  }
}
