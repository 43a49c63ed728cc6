const patience = 1_000;
const interval = 100;

/** A line on standard error that counts, on a terminal and once the work takes more than a second; gone at its end. */
export function progress(what: string): { step(): void; clear(): void; end(): void } {
  const start = Date.now();
  let count = 0;
  let isShown = false;
  const clear = () => {
    if (isShown) process.stderr.write("\r\u001b[K");
    isShown = false;
  };
  const show = () => {
    const elapsed = Date.now() - start;
    if (elapsed < patience) return;
    isShown = true;
    process.stderr.write(`\r\u001b[K${what} ${count}, ${Math.floor(elapsed / 1000)} s`);
  };
  const timer = process.stderr.isTTY ? setInterval(show, interval).unref() : undefined;
  return {
    step: () => void count++,
    clear,
    end() {
      clearInterval(timer);
      clear();
    },
  };
}
