import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suites } from "./suites.ts";

const config: ViteUserConfig = defineConfig(
  suites(
    "test/authorizations/**/*.test.ts",
    "test/guards/*.test.ts",
    "test/contract/{contract,faults*,bad-parameters}.test.ts",
    "test/handler.test.ts",
    "test/lambda/metrics.test.ts",
  ),
);

export default config;
