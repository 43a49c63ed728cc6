import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lean, rewriting } from "../../scripts/lean.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-lean-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Bundles one file, written at a path of the folder. Returns its code and the messages that fail the build. */
async function bundle(path: string, text: string, plugin: Plugin): Promise<{ code: string | undefined; errors: readonly string[] }> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return build({ entryPoints: [file], bundle: true, write: false, format: "esm", logLevel: "silent", plugins: [plugin] }).then(
    ({ outputFiles }) => ({ code: outputFiles[0]?.text, errors: [] }),
    (failed) => ({ code: undefined, errors: failed.errors.map((error: { text: string }) => error.text) }),
  );
}

describe("a rewrite", () => {
  const toTwo = { removes: "the one", file: /planted\.js$/, change: (text: string) => text.replace("one", "two") };

  test("changes the file that it matches", async () => {
    const { code, errors } = await bundle("planted.js", 'console.log("one")', rewriting([toTwo]));
    expect(errors).toEqual([]);
    expect(code).toContain('console.log("two")');
  });

  test("fails the build when it changes nothing in its file", async () => {
    const { errors } = await bundle("planted.js", 'console.log("1")', rewriting([toTwo]));
    const file = join(folder, "planted.js");
    expect(errors).toEqual([
      `The rewrite that removes the one, /planted\\.js$/, changes nothing in ${file}: adapt it to the AWS SDK in scripts/lean.ts`,
    ]);
  });

  test("fails the build when it changes nothing although another rewrite changes the same file", async () => {
    const toThree = { removes: "the three", file: /\/planted\.js$/, change: (text: string) => text.replace("three", "four") };
    const { errors } = await bundle("planted.js", 'console.log("one")', rewriting([toThree, toTwo]));
    expect(errors).toEqual([expect.stringMatching(/^The rewrite that removes the three, .* changes nothing in /)]);
  });

  test("fails the build when no file matches", async () => {
    const { errors } = await bundle("renamed.js", 'console.log("one")', rewriting([toTwo]));
    expect(errors).toEqual([
      "The rewrite that removes the one, /planted\\.js$/, matches no file of the bundle: adapt it to the AWS SDK in scripts/lean.ts",
    ]);
  });
});

describe("the schemas of a client", () => {
  const keys = 'const _N = "Name";\nexport const schema = { [_N]: 1 };\n';
  const registered = "n0_registry.registerError(Fault$, Fault);\n";
  const unchanged = async (client: string, text: string) => {
    const { errors } = await bundle(`@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js`, text, lean);
    return errors.flatMap((each) => /removes (.*), \/.* changes nothing/.exec(each)?.[1] ?? []);
  };

  test.each<[client: string, text: string, unchanged: readonly string[]]>([
    ["redshift", keys + registered, []],
    ["redshift", keys, ["registered error classes"]],
    ["redshift", registered, ["constants as schema keys"]],
    ["redshift", "", ["constants as schema keys", "registered error classes"]],
    ["ec2", keys, []],
    ["ec2", "", ["constants as schema keys"]],
    ["ec2-instance-connect", keys, ["registered error classes"]],
  ])("of %s, %j, leave unchanged: %j", async (client, text, expected) => {
    expect(await unchanged(client, text)).toEqual(expected);
  });
});
