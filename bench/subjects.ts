import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { buildLambda } from "../scripts/build.ts";
import { type EventName, events, isPython, type Variant } from "./cases.ts";
import type { Job } from "./process.ts";
import type { Stub } from "./stub.ts";

/** The process that runs one variant with one event: one invocation, or another task of worker.mjs. */
export type MakeJob = (variant: Variant, event: EventName, ...task: readonly string[]) => Job;

/** Builds every variant into a folder, the product into its folder `dist`. `python` starts the variants that need it. */
export async function buildVariants(folder: string, { url, certificate }: Stub, python = ""): Promise<MakeJob> {
  const file = (name: string) => join(folder, name);
  const source = (name: string) => resolve("bench/variants", `${name}.mjs`);
  const modules = {
    product: file("dist/lambda.mjs"),
    bundle: file("bundle.cjs"),
    naive: source("naive"),
    floor: source("floor"),
    noop: source("noop"),
  };
  await buildLambda(file("dist"), "bench/policy.json");
  await build({ entryPoints: [modules.naive], outfile: modules.bundle, bundle: true, platform: "node", format: "cjs" });
  writeFileSync(file("certificate.pem"), certificate);

  return (variant, event, ...task) => ({
    command: isPython(variant) ? [python, "bench/worker.py", variant] : [process.execPath, "bench/worker.mjs", modules[variant], ...task],
    input: readFileSync(join("events", events[event]), "utf8"),
    env: {
      WATCH: event.split(" ", 1)[0],
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_SESSION_TOKEN: "example",
      AWS_ENDPOINT_URL: url,
      AWS_LAMBDA_FUNCTION_NAME: "ingress-warden-bench",
      AWS_CA_BUNDLE: file("certificate.pem"),
      NODE_EXTRA_CA_CERTS: file("certificate.pem"),
    },
  });
}
