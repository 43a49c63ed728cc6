import type { ViteUserConfig } from "vitest/config";

/** Runs suites in the process of the mutants: a process that a test starts cannot see one. Mutants are slow, and their limits of time long. */
export function suites(...include: readonly string[]): ViteUserConfig {
  return {
    test: {
      include: [...include],
      setupFiles: ["test/mutation/short-pauses.ts"],
      // Every pair of sub-prefixes takes seconds for each mutant.
      exclude: ["test/domain/sub-prefixes.test.ts"],
      env: { RUNS: "100" },
      // Those that wait for time to pass.
      testNamePattern: /^(?!.*(within (half a|five) second|silence|without end|never gets through))/,
      testTimeout: 30_000,
      hookTimeout: 60_000,
      maxConcurrency: 40,
    },
  };
}
