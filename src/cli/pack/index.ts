import { readdir } from "node:fs/promises";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { policyName } from "#policy/packed.ts";
import { type Command, textFlag } from "../command.ts";
import { placeFiles } from "../place-files.ts";
import { policyFlags } from "../policy-flags.ts";
import { checkedPolicy, deployable, warnOfExamples } from "./deployable.ts";

/** `pack`: writes what is deployed into a folder: the built function of this package with a policy. */
export const pack: Command = {
  name: "pack",
  usage: "pack [--policy FILE] [--out FOLDER] [--force]",
  summary: "Packs a policy with the function into a folder, ready for sam deploy. Refuses an invalid policy.",
  options: {
    policy: policyFlags.policy,
    out: { type: "string", value: "FOLDER", help: "The folder to write to (default: dist, which template.yaml deploys)." },
    force: { type: "boolean", help: "Replace the files of an earlier pack." },
  },
  examples: [{ command: "pack --force", does: "Packs ./policy.json into dist/ again after the policy changed." }],
  async run({ flags, positionals }) {
    if (positionals.length > 0) throw new UsageError(`pack accepts only flags, not ${shown(positionals[0])}: write --policy FILE`);
    const file = textFlag(flags, "policy") ?? policyName;
    const out = textFlag(flags, "out") ?? "dist";
    const { bytes, document, policy } = await checkedPolicy(file);
    const files = await deployable(bytes);
    const force = flags["force"] === true;
    const fix = () => "give another folder with --out, or --force to replace it";
    await placeFiles(out, files, { force, fix, stale: force ? await chunksIn(out) : [] });
    warnOfExamples(document.permit);
    process.stdout.write(`${printable(out)}: the function with ${printable(file)}, mode ${policy.mode}\n`);
    return 0;
  },
};

/** Returns the chunks in a folder, by the names that esbuild gives them: those of another version would be deployed, too. */
async function chunksIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /-[A-Z2-7]{8}\.mjs$/.test(name));
}
