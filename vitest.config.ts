import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: process.env["LONG"] === "1" ? 300_000 : 30_000,
    // Needs more than Node: `npm run test:runtime`.
    exclude: ["test/release/runtime/**"],
    hookTimeout: 60_000,
    maxWorkers: 2,
    maxConcurrency: 40,
  },
});

export default config;
