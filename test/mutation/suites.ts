import { globSync, readFileSync } from "node:fs";
import type { ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The suites that run for each mutant. */
interface Suites {
  readonly include: readonly string[];
  /** How many files `include` matches. */
  readonly files: number;
  /** Words from the names of tests that wait for time to pass, which do not run. */
  readonly skip: readonly string[];
}

/**
 * The configuration that runs suites in the process of the mutants: a process that a test starts has no mutant. The time
 * limits are long, because mutants are slow. Throws if suites or tests have moved.
 */
export function suites({ include, files, skip }: Suites): ViteUserConfig {
  checkSuites({ include, files, skip });
  return {
    test: {
      include: [...include],
      // Every pair of sub-prefixes takes seconds for each mutant.
      exclude: ["test/domain/sub-prefixes.test.ts"],
      setupFiles: ["test/mutation/short-pauses.ts"],
      // To load the SDK for each file would take most of the time.
      isolate: false,
      sequence: { sequencer: Backwards },
      env: { RUNS: "100" },
      testNamePattern: new RegExp(`^(?!.*(${skip.join("|")}))`),
      testTimeout: 6_000,
      hookTimeout: 10_000,
      maxConcurrency: 40,
    },
  };
}

/** In reverse order of names: the slowest suites come last, and one test that fails is enough for a mutant. */
class Backwards extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => b.moduleId.localeCompare(a.moduleId));
  }
}

/** Stryker reports nothing if a pattern no longer matches: the mutants of the lost suites survive. */
function checkSuites({ include, files, skip }: Suites): void {
  const found = globSync([...include]);
  if (found.length !== files)
    throw new Error(
      `${include.join(", ")} match ${found.length} test files, but the configuration in test/mutation states ${files}: ` +
        "correct `include` if suites were moved, and `files` if suites were added or removed",
    );
  const texts = found.map((file) => readFileSync(file, "utf8")).join("\n");
  const lost = skip.filter((words) => !texts.includes(words));
  if (lost.length > 0)
    throw new Error(`No test has "${lost.join('", "')}" in its name: correct \`skip\` in test/mutation if such a test was renamed`);
}
