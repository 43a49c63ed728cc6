import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

type Rewrite = (text: string) => string;

/** What of the AWS SDK a Lambda function cannot use, or bundles badly: the path's end, and what becomes of the file's text. */
const rewrites: readonly (readonly [path: RegExp, rewrite: Rewrite])[] = [
  [/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/, withoutUnused],
  // There is no ~/.aws, and no instance whose Region could be asked for.
  [
    /@smithy\/core\/.*\/loadSharedConfigFiles\.js$/,
    () => `export { CONFIG_PREFIX_SEPARATOR } from "./constants";
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  ],
  [/@smithy\/core\/.*\/getInstanceMetadataRegion\.js$/, () => "export const getInstanceMetadataRegion = async () => undefined;"],
  // No call of ours streams events, and no browser calls; esbuild keeps whatever something could import dynamically.
  [/@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/, () => "export {};"],
  [/@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/, () => "export class HeaderFormatter {}"],
  [/\/createUserAgentStringParsingProvider\.js$/, () => "export const createUserAgentStringParsingProvider = undefined;"],
  // The clients make one attempt, as aws.ts tries again itself; and Lambda's Node.js has a native SHA-256.
  [
    /\/util-retry\/AdaptiveRetryStrategy\.js$/,
    () => 'export { StandardRetryStrategy as AdaptiveRetryStrategy } from "./StandardRetryStrategy";',
  ],
  [/\/Sha256Js\.js$/, () => "export const Sha256Js = undefined;"],
  [/@aws-sdk\/client-[^/]+\/package\.json$/, (text) => `export default { version: "${JSON.parse(text).version}" };`],
];

/** Leaves out of the function's bundle what it never uses. Fails the build when the SDK no longer has what is to be left out. */
export const lean: Plugin = {
  name: "lean",
  setup({ onLoad, onEnd }) {
    const met = new Set<RegExp>();
    for (const [filter, rewrite] of rewrites)
      onLoad({ filter }, async ({ path }) => {
        met.add(filter);
        return { contents: rewrite(await readFile(path, "utf8")) };
      });
    onEnd(() => ({
      errors: rewrites.flatMap(([path]) =>
        met.has(path) ? [] : { text: `No file of the AWS SDK is ${path} any more: see scripts/lean.ts` },
      ),
    }));
  },
};

/**
 * Computed keys keep esbuild from dropping the shapes that nothing uses, so the constants' texts take their place. Errors
 * are not registered: those that the SDK has no class for keep AWS's code and message all the same.
 */
function withoutUnused(text: string): string {
  const texts = new Map([...text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name = "", literal = ""]) => [name, literal]));
  return text
    .replace(/\[(_\w+)\]:/g, (key, name: string) => (texts.has(name) ? `${texts.get(name)}:` : key))
    .replace(/^n0_registry\.registerError\(.*\);$/gm, "");
}
