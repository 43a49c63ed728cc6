import { findNodeAtLocation, type Node } from "jsonc-parser";
import { parseRange } from "#domain/range.ts";
import { ownerWords } from "#domain/source.ts";
import type { PolicyCall, PolicyDocument } from "./schema.ts";
import { unusable } from "./unusable.ts";

/** A mistake in the text of a policy: its position and length in UTF-16 code units, and what to write instead. */
export interface Problem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** Finds what the schema cannot check: repeated names, statements without a source, a /0 without `everyone`, contradicting modes. */
export function contradictions(tree: Node): Problem[] {
  const problems: Problem[] = [];
  const at = (node: Node | undefined, message: string) => node && problems.push({ offset: node.offset, length: node.length, message });
  const names = new Set<unknown>();
  for (const statement of property(tree, "permit")?.children ?? []) {
    if (statement.type !== "object") continue;
    const name = property(statement, "name");
    if (name && names.has(name.value)) at(name, "another statement has this name: choose a unique name");
    names.add(name?.value);
    const [owners, ranges, groups, everyone] = ["owners", "ranges", "securityGroups", "everyone"].map((key) => property(statement, key));
    const start = { ...statement, length: 0 };
    if (!owners && !ranges && !property(statement, "prefixLists"))
      at(start, "this statement permits nothing: add owners, ranges or prefixLists");
    if (groups && !owners?.children?.some(({ value }) => !ownerWords.some((word) => word === value)))
      at(groups, "securityGroups limit owners that are accounts, and this statement has none: add an account to owners");
    const all = ranges?.children?.find(
      (range) => typeof range.value === "string" && /^[^/]*\/0$/.test(range.value) && parseRange(range.value),
    );
    if (all && !everyone) at(all, 'this permits everyone: if you intend that, add "everyone": true to the statement');
    if (everyone && !all) at(everyone, '"everyone" is valid only in a statement with a /0 range: remove it');
  }
  const mode = property(tree, "mode")?.value;
  if (mode === "audit") at(property(tree, "auditOnly"), 'with "mode": "audit", everything is audited already: remove auditOnly');
  if (mode === "enforce") at(property(tree, "enforceOnly"), 'with "mode": "enforce", everything is enforced already: remove enforceOnly');
  for (const key of ["auditOnly", "enforceOnly"])
    for (const scope of property(tree, key)?.children ?? [])
      if (scope.type === "object" && scope.children?.length === 0) at(scope, 'an empty scope applies to everything: change "mode" instead');
  return problems;
}

/** Finds statements that permit nothing, because no call in their scope can grant access to any source that they name. */
export function unusableStatements(tree: Node, { permit }: PolicyDocument, calls: readonly PolicyCall[]): Problem[] {
  return permit.flatMap((statement, index) => {
    const node = findNodeAtLocation(tree, ["permit", index]);
    const scope = node && (property(node, "authorizations") ?? property(node, "services"));
    if (!scope || !unusable(statement, calls).permitsNothing) return [];
    const message =
      "no call in this scope can grant access to a source of this statement, so it permits nothing: change its scope or its sources, or remove it";
    return [{ offset: scope.offset, length: scope.length, message }];
  });
}

function property(node: Node, key: string): Node | undefined {
  return node.type === "object" ? findNodeAtLocation(node, [key]) : undefined;
}
