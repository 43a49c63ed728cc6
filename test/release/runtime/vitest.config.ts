import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Separate from `npm test`, which needs only Node. */
const config: ViteUserConfig = defineConfig({
  test: {
    root: new URL("../../..", import.meta.url).pathname,
    include: ["test/release/runtime/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
