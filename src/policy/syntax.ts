import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Problem } from "./contradictions.ts";

/**
 * Parses strict JSON and keeps positions. Of several syntax errors the first is the only problem, and there is no tree: the
 * others follow from it. Without any, a key that an object has twice is a problem, which JSON.parse would hide.
 */
export function parseJson(text: string): { readonly tree: Node | undefined; readonly problems: Problem[] } {
  if (text.trim() === "") return { tree: undefined, problems: [{ offset: 0, length: 0, message: "the policy is empty" }] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  if (first) return { tree: undefined, problems: [{ ...first, message: `not JSON: ${syntaxMessage(first, text)}` }] };
  return { tree, problems: tree ? repeatedKeys(tree) : [] };
}

/** What is wrong and the fix; for an error without a text of its own, jsonc-parser's name of it in words. */
function syntaxMessage({ error, offset, length }: ParseError, text: string): string {
  const name = printParseErrorCode(error);
  const bad = text.slice(offset, offset + length);
  if (text.slice(offset).trim() === "") return "the text ends too early: is the file cut off?";
  if (name === "InvalidSymbol" && bad.startsWith("'")) return `write texts in double quotes: "${bad.replaceAll("'", "")}"`;
  if (/^(PropertyName|Value)Expected$/.test(name) && /,\s*$/.test(text.slice(0, offset))) return `leave out the comma before ${bad}`;
  const messages: Readonly<Record<string, string>> = {
    InvalidSymbol: "write a text in double quotes, a number, true or false",
    InvalidCommentToken: 'comments are not allowed: write a "reason" instead',
    CommaExpected: "a comma is missing before this",
    EndOfFileExpected: "the policy has ended before this: leave it out",
    UnexpectedEndOfString: "the quote at the end of this text is missing",
    InvalidEscapeCharacter: "no such escape: write a backslash as \\\\",
  };
  return messages[name] ?? name.replace(/(?!^)[A-Z]/g, " $&").toLowerCase();
}

function repeatedKeys(node: Node): Problem[] {
  const children = node.children ?? [];
  const problems = children.flatMap(repeatedKeys);
  if (node.type !== "object") return problems;
  const seen = new Set<string>();
  for (const { children: [key] = [] } of children) {
    if (key && seen.has(key.value)) problems.push({ ...key, message: "this key is given twice: keep one" });
    if (key) seen.add(key.value);
  }
  return problems;
}
