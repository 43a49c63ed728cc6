import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quoted } from "#domain/aws-command.ts";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { policyName } from "#policy/packed.ts";
import { type Command, textFlag } from "../command.ts";
import { checkedPolicy, deployable, warnOfExamples } from "../pack/deployable.ts";
import { packageFolder } from "../package-folder.ts";
import { type Files, placeFiles } from "../place-files.ts";
import { next } from "./next.ts";
import { starter } from "./starter.ts";

/** `init`: writes a policy to start with and its test cases, and with `--deploy` all that `sam deploy` needs. */
export const init: Command = {
  name: "init",
  usage: "init [FOLDER] [--deploy [--policy FILE]] [--force]",
  summary:
    "Writes a policy in audit mode and its test cases into a folder (default: the current one); with --deploy, also what sam deploy needs.",
  options: {
    deploy: { type: "boolean", help: "Also write template.yaml, samconfig.toml and dist/, for sam deploy." },
    policy: { type: "string", value: "FILE", help: "With --deploy: use this existing policy, and write no policy.json and no test cases." },
    force: { type: "boolean", help: "Replace files that exist." },
  },
  examples: [
    { command: "init", does: "Writes policy.json, in audit mode, and policy.test.json." },
    {
      command: "init deploy --deploy --policy policy.json",
      does: "Writes all that sam deploy needs, with this policy, into the folder deploy.",
    },
  ],
  async run({ flags, positionals: [folder = ".", ...others] }) {
    if (others.length > 0) throw new UsageError("init takes one folder");
    const [deploy, given] = [flags["deploy"] === true, textFlag(flags, "policy")];
    if (given !== undefined && !deploy) throw new UsageError("init --policy needs --deploy: without it, init writes a policy of its own");
    const texts = starter(Date.now());
    const started = given === undefined ? [...texts, ...(await schemas())] : [];
    const checked = given === undefined ? undefined : await checkedPolicy(given);
    const policy = checked?.bytes ?? Buffer.from(texts.get(policyName) ?? "");
    const files: Files = new Map([...started, ...(deploy ? await deployment(policy) : [])]);
    const keep = `, --policy ${quoted(join(folder, policyName))} to deploy this one`;
    const fix = (name: string) => `give another folder${deploy && name === policyName ? keep : ""}, or --force to replace it`;
    await placeFiles(folder, files, { force: flags["force"] === true, fix });
    if (checked) warnOfExamples(checked.document.permit);
    const written = new Set([...files.keys()].map((name) => name.replace(/^dist\/.*/, "dist/")));
    const lines = [...written].map((name) => `wrote ${printable(join(folder, name))}`);
    process.stdout.write(`${[...lines, "", "Next:", ...next(folder, given, deploy)].join("\n")}\n`);
    return 0;
  },
};

/** Returns the schemas of the package for a policy and its test cases: a copy beside them works in every editor, also offline. */
async function schemas(): Promise<(readonly [string, Buffer])[]> {
  const names = await readdir(packageFolder());
  return copies(names.filter((name) => /^policy\..*schema\.json$/.test(name)).sort());
}

/** Returns the files that `sam deploy` needs, with a policy that was checked. Throws a UsageError. */
async function deployment(policy: Buffer): Promise<(readonly [string, string | Buffer])[]> {
  const packed = [...(await deployable(policy))].map(([name, content]) => [`dist/${name}`, content] as const);
  return [...(await copies(["template.yaml", "samconfig.toml"])), ...packed];
}

/** Returns files of the package. */
function copies(names: readonly string[]): Promise<(readonly [string, Buffer])[]> {
  return Promise.all(names.map(async (name) => [name, await readFile(join(packageFolder(), name))] as const));
}
