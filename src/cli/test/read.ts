import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Case, caseFileSchema } from "./case.ts";

const ending = ".test.json";
const maxBytes = 8 * 1024 * 1024;

/** Returns the files of cases at a path: the file, or every *.test.json of the folder. Throws a UsageError. */
export async function caseFilesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UsageError(`${printable(path)}: no such file or folder; write cases into policy.test.json`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(ending)).toSorted();
  if (names.length === 0) throw new UsageError(`${printable(path)}: no file in this folder ends in ${ending}`);
  return names.map((name) => join(path, name));
}

/** Returns the policy that a file of cases is beside. Throws a UsageError for a name that does not show it. */
export function policyBeside(file: string): string {
  if (!file.endsWith(ending)) throw new UsageError(`${printable(file)} does not end in ${ending}: name its policy with --policy`);
  return `${file.slice(0, -ending.length)}.json`;
}

/** Reads a file of cases. Throws a UsageError that names the case and the fix. */
export async function readCases(file: string): Promise<readonly Case[]> {
  const name = printable(file);
  const { size } = await stat(file);
  if (size > maxBytes) throw new UsageError(`${name}: the file has ${size} bytes; the limit is ${maxBytes}`);
  const value = parsed(await readFile(file, "utf8"), name);
  const { data, error } = caseFileSchema.safeParse(value);
  if (!data) throw new UsageError(`${name}: ${problemIn(value) ?? printable(error.issues[0]?.message ?? "not a file of cases", 200)}`);
  const names = data.cases.map((each) => each.name);
  const repeated = names.find((each, index) => names.indexOf(each) < index);
  if (repeated !== undefined) throw new UsageError(`${name}: two cases are named ${shown(repeated)}: give each a name of its own`);
  const useless = data.cases.find(({ statement, expect }) => statement !== undefined && expect !== "permitted");
  if (useless)
    throw new UsageError(
      `${name}: case ${shown(useless.name)} names a statement and expects ${useless.expect}: only a permitted grant has statements`,
    );
  return data.cases;
}

function parsed(json: string, name: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new UsageError(`${name}: not JSON (${printable((cause as Error).message, 120)})`, { cause });
  }
}

/** Returns what is wrong with the first case that is not valid; undefined when the file has no cases. */
function problemIn(value: unknown): string | undefined {
  const cases = typeof value === "object" && value !== null && "cases" in value ? value.cases : undefined;
  if (!Array.isArray(cases) || cases.length === 0) return 'write {"cases": [ … ]}, with at least one case';
  const index = cases.findIndex((each) => !caseFileSchema.safeParse({ cases: [each] }).success);
  if (index < 0) return "only $schema and cases are known here";
  const one: object = typeof cases[index] === "object" && cases[index] !== null ? cases[index] : {};
  const label = "name" in one ? shown(one.name) : `${index + 1}`;
  const both = "grant" in one && "event" in one;
  const form = both ? "give grant or event, not both" : "it needs name, expect (permitted, violation or outOfScope), and grant or event";
  return `case ${label} is not valid: ${form}; see ingress-warden schema policy.test`;
}
