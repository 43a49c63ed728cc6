import type { ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Backwards by name: what takes longest comes late, and one test that fails is enough for a mutant. */
class Backwards extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => b.moduleId.localeCompare(a.moduleId));
  }
}

/** Runs suites in the process of the mutants: a process that a test starts cannot see one. Mutants are slow, and their limits of time long. */
export function suites(...include: readonly string[]): ViteUserConfig {
  return {
    test: {
      include: [...include],
      // Every pair of sub-prefixes takes seconds for each mutant.
      exclude: ["test/domain/sub-prefixes.test.ts"],
      setupFiles: ["test/mutation/short-pauses.ts"],
      // To load the SDK anew for each file would take most of the time.
      isolate: false,
      sequence: { sequencer: Backwards },
      env: { RUNS: "100" },
      // Those that wait for time to pass.
      testNamePattern:
        /^(?!.*(within (half a|five) second|silence|without end|never gets through|ends by itself|while the rule is listed|than there is time for|prints no metrics|with pauses))/,
      testTimeout: 6_000,
      hookTimeout: 10_000,
      maxConcurrency: 40,
    },
  };
}
