import type { Outcome } from "#outcome/outcome.ts";

/** The outcomes that `replay --json` prints. */
export function outcomesIn(stdout: string): readonly Outcome[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Their results. */
export function resultsIn(stdout: string): readonly Outcome["result"][] {
  return outcomesIn(stdout).map(({ result }) => result);
}

/** The lines on the standard error of `replay --json` before the last one, which has the totals. */
export function problemsIn(stderr: string): string {
  return stderr.replace(/[^\n]*\n$/, "");
}
