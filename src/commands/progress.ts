const patience = 1_000;
const interval = 100;

/** A line on standard error that counts, on a terminal and once the work takes more than a second. */
export function progress(what: string): { step(): void; clear(): void } {
  const start = Date.now();
  let count = 0;
  let shown = 0;
  return {
    step() {
      count++;
      const now = Date.now();
      if (!process.stderr.isTTY || now - start < patience || now - shown < interval) return;
      shown = now;
      process.stderr.write(`\r${count} ${what}`);
    },
    clear() {
      if (shown > 0) process.stderr.write("\r\u001b[K");
    },
  };
}
