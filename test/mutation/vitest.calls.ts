import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suites } from "./suites.ts";

const config: ViteUserConfig = defineConfig(
  suites("test/authorizations/**/*.test.ts", "test/contract.test.ts", "test/handler.test.ts", "test/bad-parameters.test.ts"),
);

export default config;
