import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Suites that replace modules, and those that measure time under load: each has a process of its own. */
const isolated = ["test/contract/**/*.test.ts", "test/release/**/*.test.ts"];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: process.env["LONG"] === "1" ? 300_000 : 30_000,
    hookTimeout: 60_000,
    // One more than the processors of a small machine: some suites wait for timers.
    maxWorkers: 3,
    maxConcurrency: 40,
    projects: [
      // Loading the SDK for each suite took a third of the processor time.
      { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"], exclude: isolated, isolate: false } },
      // Needs more than Node: `npm run test:runtime`.
      { extends: true, test: { name: "isolated", include: isolated, exclude: ["test/release/runtime/**"] } },
    ],
  },
});

export default config;
