/** How often this process stood still for so long that what it timed since says nothing of the function. */
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
 * Does something whose outcome depends on time. When it fails and the machine stood still meanwhile, that is no verdict:
 * it is done again, five times in all.
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
