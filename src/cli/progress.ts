/** Milliseconds before the line appears. */
const delay = 1_000;
/** Milliseconds between two updates of the line. */
const interval = 100;

/** A progress line on standard error. `clear` removes it until its next update, and `end` for good. */
interface ProgressLine {
  clear(): void;
  end(): void;
}

/** Shows what `text` returns for the milliseconds so far, on a terminal only and once the work takes more than a second. */
export function progressLine(text: (elapsed: number) => string): ProgressLine {
  const start = Date.now();
  let isShown = false;
  const clear = () => {
    if (isShown) process.stderr.write("\r\u001b[K");
    isShown = false;
  };
  const show = () => {
    const elapsed = Date.now() - start;
    if (elapsed < delay) return;
    isShown = true;
    process.stderr.write(`\r\u001b[K${text(elapsed)}`);
  };
  const timer = process.stderr.isTTY ? setInterval(show, interval).unref() : undefined;
  return {
    clear,
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

/** Shows how many units were counted by `step`. `unit` is what is counted. */
export function progress(unit: string): ProgressLine & { step(): void } {
  let count = 0;
  const line = progressLine((elapsed) => `${unit} ${count}, ${Math.floor(elapsed / 1000)} s`);
  return { ...line, step: () => void count++ };
}
