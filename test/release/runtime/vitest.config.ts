import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Apart from `npm test`, which needs Node alone. */
const config: ViteUserConfig = defineConfig({
  test: { root: new URL("../..", import.meta.url).pathname, include: ["test/runtime/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});

export default config;
