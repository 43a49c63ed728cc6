import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { closestMatch } from "leven";
import * as z from "zod/mini";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { contradictions, type Problem, unusable } from "./contradictions.ts";
import { type PolicyDocument, policySchema, type Vocabulary } from "./schema.ts";

const mostProblems = 100;

/** Checks the text of a policy; `file` is the name that problems are shown under. Throws as `readPolicy` does. */
export function parsePolicy(json: string, file: string, vocabulary: Vocabulary): PolicyDocument {
  try {
    const { tree, problems } = parseJson(json);
    const document = tree && check(tree, vocabulary, problems);
    if (!document) throw new UsageError(report(problems, json, printable(file)));
    return document;
  } catch (error) {
    // What overflows the stack: each level of nesting takes some of it, and so does each of very many problems.
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${printable(file)}:1:1: the policy is nested too deeply, or has too many mistakes, to be read`, { cause: error });
  }
}

/** Parses strict JSON, keeping positions, and finds what JSON.parse would hide: a key given twice. */
function parseJson(text: string): { readonly tree: Node | undefined; readonly problems: Problem[] } {
  if (text.trim() === "") return { tree: undefined, problems: [{ offset: 0, length: 0, message: "the policy is empty" }] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const problems = errors.map(({ error, offset, length }) => ({ offset, length, message: syntaxMessage(error) }));
  return { tree, problems: tree ? [...problems, ...repeatedKeys(tree)] : problems };
}

/** jsonc-parser's `CommaExpected` as "not JSON: comma expected". */
function syntaxMessage(error: ParseErrorCode): string {
  return `not JSON: ${printParseErrorCode(error)
    .replace(/(?!^)[A-Z]/g, " $&")
    .toLowerCase()}`;
}

function repeatedKeys(node: Node): Problem[] {
  const children = node.children ?? [];
  const problems = children.flatMap(repeatedKeys);
  if (node.type !== "object") return problems;
  const seen = new Set<string>();
  for (const { children: [key] = [] } of children) {
    if (key && seen.has(key.value)) problems.push({ ...key, message: "this key stands here twice: keep one" });
    if (key) seen.add(key.value);
  }
  return problems;
}

/** Holds the document to the schema and to what no schema says; adds to `problems`, and gives it back when there are none. */
function check(tree: Node, vocabulary: Vocabulary, problems: Problem[]): PolicyDocument | undefined {
  const result = z.safeParse(policySchema(vocabulary), getNodeValue(tree));
  for (const issue of result.error?.issues ?? []) problems.push(...problemsOf(issue, tree));
  problems.push(...contradictions(tree));
  if (result.success) problems.push(...unusable(tree, result.data, vocabulary.calls));
  return problems.length === 0 ? result.data : undefined;
}

function problemsOf(issue: z.core.$ZodIssue, tree: Node): Problem[] {
  const path = issue.path as (string | number)[];
  const node = findNodeAtLocation(tree, path);
  if (!node) {
    const parent = findNodeAtLocation(tree, path.slice(0, -1)) ?? tree;
    return [{ offset: parent.offset, length: 0, message: `${JSON.stringify(path.at(-1))} is missing: ${expectation(issue)}` }];
  }
  if (issue.code !== "unrecognized_keys") return [{ ...node, message: expectation(issue) }];
  const known = keysAt(path);
  const names = new Map((node.children ?? []).map(({ children: [name] = [] }) => [name?.value, name]));
  return issue.keys.map((key) => {
    const near = closestMatch(key.slice(0, 64), known, { maxDistance: 3 });
    return { ...(names.get(key) ?? node), message: `no such key here${near ? `: did you mean ${JSON.stringify(near)}?` : ""}` };
  });
}

const scopeKeys = ["services", "authorizations", "resources", "accounts", "regions"];
const statementKeys = ["name", "owners", "securityGroups", "ranges", "prefixLists", "everyone", ...scopeKeys, "until", "reason"];

/** The keys that may stand in the object at a path: the policy, a statement, or an exception. */
function keysAt([key]: readonly (string | number)[]): readonly string[] {
  if (key === undefined) return ["mode", "permit", "auditOnly", "enforceOnly", "sharedGroups"];
  return key === "permit" ? statementKeys : scopeKeys;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return issue.message;
  const wanted = { string: "a text in quotes", array: "a list in [ ]", object: "an object in { }" }[issue.expected as string];
  return `write ${wanted ?? issue.expected}`;
}

/** One line a problem, in the order of the text: file:line:column: the bad text: what is wrong and the mend. */
function report(problems: readonly Problem[], text: string, file: string): string {
  const lines = [...problems]
    .sort((a, b) => a.offset - b.offset)
    .slice(0, mostProblems)
    .map(({ offset, length, message }) => {
      const before = text.slice(0, offset).split("\n");
      const bad = length > 0 ? `${printable(text.slice(offset, offset + length), 80)}: ` : "";
      return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${bad}${message}`;
    });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `${file}: and ${more} more`].join("\n") : lines.join("\n");
}
