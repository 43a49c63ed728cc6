import { defineConfig, type ViteUserConfig } from "vitest/config";
import { suites } from "./suites.ts";

const config: ViteUserConfig = defineConfig(
  suites({
    include: ["test/domain/**/*.test.ts"],
    files: 23,
    skip: ["within half a second"],
  }),
);

export default config;
