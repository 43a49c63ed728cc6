import { readFile, writeFile } from "node:fs/promises";
import { chart } from "./chart.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";

const document = "docs/PERFORMANCE.md";

/** The document with its tables rewritten. Throws when it does not say where they belong. */
export function withTables(text: string, results: Results): string {
  const [begin, end] = ["<!-- bench:begin -->\n", "\n<!-- bench:end -->"];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`${document}: no ${begin.trim()} with a ${end.trim()} after it`);
  return `${text.slice(0, from)}\n${report(results)}\n${text.slice(to)}`;
}

/** Writes what the results say to where readers find it. */
export async function publish(results: Results): Promise<void> {
  const text = withTables(await readFile(document, "utf8"), results);
  await writeFile(document, text);
  await writeFile("bench/chart.svg", chart(results));
  await writeFile("bench/results.json", `${JSON.stringify(results, undefined, 2)}\n`);
}
