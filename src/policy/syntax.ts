import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { printable } from "#domain/text.ts";
import type { Problem } from "./contradictions.ts";

/**
 * Parses strict JSON into a tree with positions. Of several syntax errors only the first is reported, as the others follow from
 * it, and the tree is undefined. Repeated keys of an object, which JSON.parse would hide, are reported too.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJson(text: string): { readonly tree: Node | undefined; readonly problems: Problem[] } {
  if (text.trim() === "") return { tree: undefined, problems: [{ offset: 0, length: 0, message: "the policy is empty" }] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  if (first) return { tree: undefined, problems: [{ ...first, message: `not JSON: ${syntaxMessage(first, text)}` }] };
  return { tree, problems: tree ? repeatedKeys(tree) : [] };
}

/** Returns what is wrong and the fix; for an error without a message here, jsonc-parser's name of the error. */
function syntaxMessage({ error, offset, length }: ParseError, text: string): string {
  const name = printParseErrorCode(error);
  const excerpt = text.slice(offset, offset + length);
  if (text.slice(offset).trim() === "") return "the text ends too early: check whether the file is complete";
  if (/^'[^']*'$/.test(excerpt)) return `write text in double quotes: "${printable(excerpt.slice(1, -1), 40)}"`;
  if (excerpt.startsWith("'")) return "write text in double quotes";
  if ((excerpt === "}" || excerpt === "]") && text.slice(0, offset).trimEnd().endsWith(",")) return `remove the comma before ${excerpt}`;
  const messages: Readonly<Record<string, string>> = {
    InvalidSymbol: "write text in double quotes, a number, true or false",
    InvalidCommentToken: 'comments are not allowed: write a "reason" instead',
    CommaExpected: "a comma is missing before this text",
    EndOfFileExpected: "the policy ends before this text: remove it",
    UnexpectedEndOfString: "the closing quote of this text is missing",
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
    if (key && seen.has(key.value)) problems.push({ ...key, message: "this key occurs twice: keep one" });
    if (key) seen.add(key.value);
  }
  return problems;
}
