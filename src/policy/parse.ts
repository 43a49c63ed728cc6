import { findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import * as z from "zod/mini";
import { printable } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { contradictions, type Problem, unusableStatements } from "./contradictions.ts";
import { keysAt, type PolicyDocument, policySchema, type Vocabulary } from "./schema.ts";
import { suggestion } from "./suggestion.ts";
import { parseJson } from "./syntax.ts";

const maxProblems = 100;

/**
 * Parses and checks the text of a policy; `file` is its name in messages. Throws a UsageError that lists every problem with its
 * position and fix.
 */
export function parsePolicy(json: string, file: string, vocabulary: Vocabulary): PolicyDocument {
  try {
    const { tree, problems } = parseJson(json);
    const document = tree && check(tree, vocabulary, problems);
    if (!document) throw new UsageError(report(problems, json, printable(file)));
    return document;
  } catch (error) {
    // The stack overflowed, from deep nesting or from very many problems.
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${printable(file)}:1:1: the policy is nested too deeply or has too many mistakes`, { cause: error });
  }
}

/**
 * Checks the document by the schema and then by the rules that a schema cannot express. Adds to `problems`; returns the document
 * when there are none.
 */
function check(tree: Node, vocabulary: Vocabulary, problems: Problem[]): PolicyDocument | undefined {
  const result = z.safeParse(policySchema(vocabulary), getNodeValue(tree));
  for (const issue of result.error?.issues ?? []) problems.push(...problemsOf(issue, tree));
  problems.push(...contradictions(tree));
  if (result.success) problems.push(...unusableStatements(tree, result.data, vocabulary.calls));
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
  const validKeys = keysAt(path[0]);
  const names = new Map((node.children ?? []).map(({ children: [name] = [] }) => [name?.value, name]));
  return issue.keys.map((key) => {
    const meant = suggestion(key, validKeys);
    const hint = meant ? `: did you mean ${JSON.stringify(meant)}?` : "";
    return { ...(names.get(key) ?? node), message: `no such key here${hint}` };
  });
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return issue.message;
  const expected = { string: "a text in quotes", array: "a list in [ ]", object: "an object in { }" }[issue.expected as string];
  return `write ${expected ?? issue.expected}`;
}

/** Formats one line for each problem, in the order of the text: `file:line:column: the text in question: the problem and its fix`. */
function report(problems: readonly Problem[], text: string, file: string): string {
  const lines = [...problems]
    .sort((a, b) => a.offset - b.offset)
    .slice(0, maxProblems)
    .map(({ offset, length, message }) => {
      const before = text.slice(0, offset).split("\n");
      const excerpt = length > 0 ? `${printable(text.slice(offset, offset + length), 80)}: ` : "";
      return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${excerpt}${message}`;
    });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `${file}: and ${more} more`].join("\n") : lines.join("\n");
}
