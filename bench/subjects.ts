import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { buildLambda } from "../scripts/build.ts";
import { type EventName, events, isPython, type Variant } from "./cases.ts";
import { ask, type Job } from "./measure.ts";
import type { Size } from "./results.ts";

/** Everything that processes of the bench are started with. */
export interface Subjects {
  /** The process that takes one variant through one event. */
  job(variant: Variant, event: EventName): Job;
  /** A process of Node for another script of the bench, with the product and one event. */
  productJob(script: string, event: EventName, ...args: readonly string[]): Job;
  size(): Promise<Size>;
}

/** Builds what is measured into a folder, to be started against an endpoint; `python` is who starts boto3 and Cloud Custodian. */
export async function makeSubjects(folder: string, endpoint: string, certificate: string, python = ""): Promise<Subjects> {
  const dist = join(folder, "dist");
  const product = join(dist, "lambda.mjs");
  const bundle = join(folder, "bundle.cjs");
  await buildLambda(dist, "bench/policy.json");
  await build({ entryPoints: ["bench/variants/naive.mjs"], outfile: bundle, bundle: true, platform: "node", format: "cjs" });
  const variant = (name: string) => resolve("bench/variants", `${name}.mjs`);
  const modules = { product, bundle, naive: variant("naive"), floor: variant("floor"), noop: variant("noop") };

  const start = (command: Job["command"], event: EventName): Job => ({
    command,
    input: readFileSync(join("events", events[event]), "utf8"),
    env: {
      WATCH: event.split(" ", 1)[0],
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_SESSION_TOKEN: "example",
      AWS_ENDPOINT_URL: endpoint,
      AWS_LAMBDA_FUNCTION_NAME: "ingress-warden-bench",
      AWS_CA_BUNDLE: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
    },
  });
  const productJob: Subjects["productJob"] = (script, event, ...args) =>
    start([process.execPath, `bench/${script}`, product, ...args], event);

  return {
    productJob,
    job: (name, event) =>
      isPython(name)
        ? start([python, "bench/worker.py", name], event)
        : start([process.execPath, "bench/worker.mjs", modules[name]], event),
    async size() {
      const files = readdirSync(dist).map((name) => ({ name, bytes: readFileSync(join(dist, name)) }));
      const loads = (event: EventName) => ask<{ bytes: number; heavy: string[] }>(productJob("loads.mjs", event));
      const [elasticache, redshift] = [await loads("elasticache violation"), await loads("redshift violation")];
      return {
        raw: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
        zipped: files.reduce((sum, { name, bytes }) => sum + zippedEntry(name, bytes), 22),
        loaded: { elasticache: elasticache.bytes, redshift: redshift.bytes },
        heavy: [...new Set([...elasticache.heavy, ...redshift.heavy])],
      };
    },
  };
}

/** What a file takes in a zip: deflated, with the 30 and 46 bytes of its two headers, which both name it. */
function zippedEntry(name: string, bytes: Buffer): number {
  return deflateRawSync(bytes).length + 30 + 46 + 2 * name.length;
}
