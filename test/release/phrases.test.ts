import { globSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cli } from "../support/run.ts";

/** What users read in the repository. */
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "template.yaml",
  "template-reader.yaml",
  ...readdirSync("docs").map((file) => `docs/${file}`),
];

/** Phrases that readers stumbled over, each with what to write instead. */
const unwanted: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/, "fix"],
  [/\b(take|takes|took|taken|taking)( (it|them|this|that|what|rules?|grants?))? back\b/, "revoke"],
  [/\brings?\b/, "an alarm fires"],
  [/\bhand(s|ed|ing)?( \w+){0,4} over\b|\bhanded\b/, "deliver, or invoke with"],
  [/\btold\b|\btells? of\b/, "reported, stated or named"],
  [/\bjudged anew\b/, "re-evaluated"],
  [/\bof a shape not known\b/, "in an unknown format"],
  [/\bnobody knows\b/, "its state is unknown"],
  [/\bholes?\b/, "the exposure"],
  [/\b(stand|stands|stood|standing)\b/, "exists, is listed or is attached to"],
  [/\b(has|have|had) to hold\b/, "must be true, or is required"],
  [/\brehears\w*/, "sandbox, or priming"],
  [/\b(ready-making|makes? (it|itself|the function) ready)\b/, "priming"],
  [/\bpatience\b/, "retry budget"],
  [/\bwho may `/, "a principal that can call"],
  [/\bthe other one\b/, "the mode by its name"],
  [/\bwhat is opened\b/, "resource name"],
];

/** The unwanted phrases in a text, over the ends of lines too, each with what to write instead and where it is. */
function stumblingBlocks(text: string): string[] {
  const line = text.replace(/\s+/g, " ");
  return unwanted.flatMap(([phrase, instead]) =>
    [...line.matchAll(new RegExp(phrase, "gi"))].map(
      ({ 0: found, index }) => `"${found}": write ${instead}: …${line.slice(Math.max(0, index - 40), index + 60)}…`,
    ),
  );
}

test.each([
  ["an alarm rings, and the grant is taken\n  back", 2],
  ["hand the events over to the function; it tells of each", 2],
  ["we recommend to amend strings by hand; understanding them holds", 0],
])("%j: the count of phrases that are found is right", (text, count) => {
  expect(stumblingBlocks(text)).toHaveLength(count);
});

test.each(documents)("%s has no phrase that readers stumbled over", (document) => {
  // A test's name is quoted as it is there.
  const text = readFileSync(document, "utf8").replace(/`test\/[\w./-]+`: [^|\n]+/g, "");

  expect(stumblingBlocks(text)).toEqual([]);
});

test("package.json's description has no phrase that readers stumbled over", () => {
  expect(stumblingBlocks(JSON.parse(readFileSync("package.json", "utf8")).description)).toEqual([]);
});

describe("the help", async () => {
  const { stdout: help } = await cli(["--help"]);
  const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);

  test("names the commands and has no phrase that readers stumbled over", () => {
    expect(commands.length).toBeGreaterThan(3);
    expect(stumblingBlocks(help)).toEqual([]);
  });

  test.each(commands)("of %s has no phrase that readers stumbled over", async (command) => {
    const { stdout, code } = await cli([command, "--help"]);

    expect([code, stdout]).toEqual([0, expect.stringContaining("Usage: ")]);
    expect(stumblingBlocks(stdout)).toEqual([]);
  });
});

test.each(globSync("src/**/*.ts", { exclude: ["src/emulator/**"] }))(
  "the messages in %s have no phrase that readers stumbled over",
  (file) => {
    const code = readFileSync(file, "utf8").replace(/^(import|export) .* from .*$|\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    const texts = [...code.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(([text]) => text);

    expect(texts.flatMap(stumblingBlocks)).toEqual([]);
  },
);
