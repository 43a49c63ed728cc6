import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suites } from "./suites.ts";

const config: ViteUserConfig = defineConfig(suites("test/domain/**/*.test.ts"));

export default config;
