/** Milliseconds before the line appears. */
const delay = 1_000;
/** Milliseconds between two updates of the line. */
const interval = 100;

/**
 * Shows a progress line on standard error, on a terminal only and once the work takes more than a second. `step` counts one unit,
 * `clear` removes the line until its next update, and `end` removes it for good. `unit` is what is counted.
 */
export function progress(unit: string): { step(): void; clear(): void; end(): void } {
  const start = Date.now();
  let count = 0;
  let isShown = false;
  const clear = () => {
    if (isShown) process.stderr.write("\r\u001b[K");
    isShown = false;
  };
  const show = () => {
    const elapsed = Date.now() - start;
    if (elapsed < delay) return;
    isShown = true;
    process.stderr.write(`\r\u001b[K${unit} ${count}, ${Math.floor(elapsed / 1000)} s`);
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
