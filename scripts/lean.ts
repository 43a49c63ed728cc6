import { readFile } from "node:fs/promises";
import type { PartialMessage, Plugin } from "esbuild";

/** One change to the AWS SDK's text: what it removes, from which files, and how. */
export interface Rewrite {
  readonly removes: string;
  /** Matches the end of a file's path. */
  readonly file: RegExp;
  readonly change: (text: string) => string;
}

/** What a Lambda function cannot use of the AWS SDK, or what esbuild cannot drop by itself. */
const rewrites: readonly Rewrite[] = [
  {
    removes: "constants as schema keys", // A computed key keeps esbuild from dropping the schemas of unused operations.
    file: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/,
    change(text) {
      const constants = text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm);
      const literals = new Map([...constants].map(([, name = "", literal = ""]) => [name, literal]));
      return text.replace(/\[(_\w+)\]:/g, (key, name: string) => (literals.has(name) ? `${literals.get(name)}:` : key));
    },
  },
  {
    removes: "registered error classes", // An error without a class keeps AWS's code and message.
    // The client of EC2 alone has none to remove: EC2's API models no errors.
    file: /@aws-sdk\/client-(?!ec2\/)[^/]+\/dist-es\/schemas\/schemas_0\.js$/,
    change: (text) => text.replace(/^n0_registry\.registerError\(.*\);$/gm, ""),
  },
  {
    removes: "~/.aws", // Lambda has no such folder.
    file: /@smithy\/core\/dist-es\/submodules\/config\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/,
    change: () => `export { CONFIG_PREFIX_SEPARATOR } from "./constants";
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    removes: "the Region of an EC2 instance", // Lambda sets AWS_REGION.
    file: /@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    change: () => "export const getInstanceMetadataRegion = async () => undefined;",
  },
  {
    removes: "event streams", // No operation that is called has one; esbuild keeps what a dynamic import could load.
    file: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    change: () => "export {};",
  },
  {
    removes: "headers of event streams",
    file: /@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/,
    change: () => "export class HeaderFormatter {}",
  },
  {
    removes: "the user agent of browsers",
    file: /@aws-sdk\/core\/dist-es\/submodules\/client\/util-user-agent-browser\/createUserAgentStringParsingProvider\.js$/,
    change: () => "export const createUserAgentStringParsingProvider = undefined;",
  },
  {
    removes: "the second retry strategy", // The clients make one attempt: src/aws/connect.ts retries.
    file: /@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/AdaptiveRetryStrategy\.js$/,
    change: () => 'export { StandardRetryStrategy as AdaptiveRetryStrategy } from "./StandardRetryStrategy";',
  },
  {
    removes: "SHA-256 in JavaScript", // Node.js has a native one.
    file: /@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/,
    change: () => "export const Sha256Js = undefined;",
  },
  {
    removes: "all of package.json but the version",
    file: /@aws-sdk\/client-[^/]+\/package\.json$/,
    change: (text) => `export default { version: "${JSON.parse(text).version}" };`,
  },
];

/**
 * An esbuild plugin that rewrites files while they are bundled. The build fails when a rewrite matches no file, and when it
 * changes nothing in any one file that it matches.
 */
export function rewriting(all: readonly Rewrite[]): Plugin {
  return {
    name: "lean",
    setup({ onLoad, onEnd }) {
      const matched = new Set<Rewrite>();
      onLoad({ filter: /\.js(on)?$/ }, async ({ path }) => {
        const own = all.filter(({ file }) => file.test(path));
        if (own.length === 0) return undefined; // esbuild loads the file as it is.
        const errors: PartialMessage[] = [];
        let contents = await readFile(path, "utf8");
        for (const rewrite of own) {
          const changed = rewrite.change(contents);
          if (changed === contents) errors.push(failure(rewrite, `changes nothing in ${path}`));
          contents = changed;
          matched.add(rewrite);
        }
        return { contents, errors };
      });
      onEnd(() => ({ errors: all.flatMap((each) => (matched.has(each) ? [] : failure(each, "matches no file of the bundle"))) }));
    },
  };
}

function failure({ removes, file }: Rewrite, problem: string): PartialMessage {
  return { text: `The rewrite that removes ${removes}, ${file}, ${problem}: adapt it to the AWS SDK in scripts/lean.ts` };
}

/** Removes from the function's bundle what it never uses of the AWS SDK. */
export const lean: Plugin = rewriting(rewrites);
