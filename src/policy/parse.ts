import { findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import { closestMatch } from "leven";
import * as z from "zod/mini";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { contradictions, type Problem, unusable } from "./contradictions.ts";
import { keysAt, type PolicyDocument, policySchema, type Vocabulary } from "./schema.ts";
import { parseJson } from "./syntax.ts";

const mostProblems = 100;

/** Checks the text of a policy; `file` is the name in the problems. Throws a UsageError that holds every problem with its position and fix. */
export function parsePolicy(json: string, file: string, vocabulary: Vocabulary): PolicyDocument {
  try {
    const { tree, problems } = parseJson(json);
    const document = tree && check(tree, vocabulary, problems);
    if (!document) throw new UsageError(report(problems, json, printable(file)));
    return document;
  } catch (error) {
    // The stack overflows: each level of nesting takes some of it, and so does each of very many problems.
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${printable(file)}:1:1: the policy is nested too deeply, or has too many mistakes, to be read`, { cause: error });
  }
}

/** Checks the document by the schema and by what no schema can say. Adds to `problems`; gives the document when there are none. */
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
  const known = keysAt(path[0]);
  const names = new Map((node.children ?? []).map(({ children: [name] = [] }) => [name?.value, name]));
  return issue.keys.map((key) => {
    const near = closestMatch(key.slice(0, 64), known, { maxDistance: 3 });
    return { ...(names.get(key) ?? node), message: `no such key here${near ? `: did you mean ${JSON.stringify(near)}?` : ""}` };
  });
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return issue.message;
  const wanted = { string: "a text in quotes", array: "a list in [ ]", object: "an object in { }" }[issue.expected as string];
  return `write ${wanted ?? issue.expected}`;
}

/** One line for each problem, in the order of the text: `file:line:column: the bad text: what is wrong and the fix`. */
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
