import { chmod, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildResult, build } from "esbuild";
import { vocabulary } from "../src/authorizations/index.ts";
import { warnOfExamples } from "../src/cli/pack/deployable.ts";
import { UsageError } from "../src/domain/usage-error.ts";
import { readPolicy } from "../src/policy/file.ts";
import { checkedName, checkedText, policyName } from "../src/policy/packed.ts";
import { lean } from "./lean.ts";

/** Builds what is deployed into a folder: the function, its chunks, the policy and its SHA-256. Throws a UsageError for an invalid policy. */
export async function buildLambda(folder: string, policyFile: string): Promise<BuildResult<{ metafile: true }>> {
  const { sha256 } = await readPolicy(policyFile, vocabulary);
  await rm(folder, { recursive: true, force: true });
  const result = await build({
    entryPoints: { lambda: "src/lambda/index.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    outExtension: { ".js": ".mjs" },
    // Prefer the ES modules of dependencies: in an ES bundle, CommonJS fails at its first require.
    mainFields: ["module", "main"],
    legalComments: "none",
    // The command line keeps the SDK's providers, for profiles and SSO.
    alias: { "@aws-sdk/credential-provider-node": "./src/lambda/credentials.ts" },
    plugins: [lean],
  });
  await copyFile(policyFile, join(folder, policyName));
  await writeFile(join(folder, checkedName), checkedText(sha256));
  return result;
}

/** Builds the command line into a folder, in chunks that load when a command needs them; npm installs its dependencies. */
export async function buildCommandLine(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: { "ingress-warden": "src/cli/index.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    banner: { js: "#!/usr/bin/env node" },
    format: "esm",
    platform: "node",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    packages: "external",
  });
  // npm sets this bit once, when it links the command; a new file does not have it.
  await chmod(join(folder, "ingress-warden.mjs"), 0o755);
}

/** What to say about a samconfig.toml that names nobody for the alarms; undefined if it does. A stack may have parameters of its own. */
export function alarmsNote(samconfig: string): string | undefined {
  const parameters = samconfig.split("\n").filter((line) => /^\s*parameter_overrides\s*=/.test(line));
  if (parameters.some((line) => /\bAlarm(?:Email|TopicArn)\b["']?=["'\\]*[^"'\\\s]/.test(line))) return undefined;
  return `WHO GETS THE ALARMS? samconfig.toml sets neither AlarmEmail nor AlarmTopicArn. Unless the stack already has one of them, its alarms
reach nobody. Set one when you deploy: sam deploy --parameter-overrides AlarmEmail=you@example.com`;
}

if (import.meta.main) {
  try {
    const policyFile = process.env["POLICY_FILE"] || policyName;
    await buildLambda("dist", policyFile);
    await buildCommandLine("bin");
    warnOfExamples((await readPolicy(policyFile, vocabulary)).document.permit);
    const note = alarmsNote(await readFile("samconfig.toml", "utf8").catch(() => ""));
    if (note) console.warn(note);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nNothing was built.`);
    process.exitCode = 2;
  }
}
