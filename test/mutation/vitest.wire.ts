import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suites } from "./suites.ts";

const config: ViteUserConfig = defineConfig(
  suites({
    include: [
      "test/authorizations/**/*.test.ts",
      "test/guards/*.test.ts",
      "test/contract/{contract,faults*,bad-parameters}.test.ts",
      "test/handler{,-no-grant}.test.ts",
      "test/lambda/metrics.test.ts",
      "test/batch.test.ts",
      "test/aws/{shared-reads,pace}.test.ts",
    ],
    files: 41,
    skip: ["no response at all", "without end", "never gets through", "ends by itself", "while the rule is listed", "with pauses"],
  }),
);

export default config;
