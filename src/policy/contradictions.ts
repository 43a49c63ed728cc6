import { findNodeAtLocation, type Node } from "jsonc-parser";
import { parseRange } from "#domain/range.ts";
import { ownerWords } from "#domain/source.ts";
import type { PolicyCall, PolicyDocument } from "./schema.ts";
import { idleIn } from "./unusable.ts";

/** Something wrong at a place in the text. */
export interface Problem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** What single values cannot show: names given twice, statements that permit nothing, a /0 nobody asked for, modes at odds. */
export function contradictions(tree: Node): Problem[] {
  const problems: Problem[] = [];
  const at = (node: Node | undefined, message: string) => node && problems.push({ offset: node.offset, length: node.length, message });
  const names = new Set<unknown>();
  for (const statement of property(tree, "permit")?.children ?? []) {
    if (statement.type !== "object") continue;
    const name = property(statement, "name");
    if (name && names.has(name.value)) at(name, "another statement has this name: choose one of its own");
    names.add(name?.value);
    const [owners, ranges, groups, everyone] = ["owners", "ranges", "securityGroups", "everyone"].map((key) => property(statement, key));
    const start = { ...statement, length: 0 };
    if (!owners && !ranges && !property(statement, "prefixLists"))
      at(start, "this statement permits nothing: give it owners, ranges or prefixLists");
    if (groups && !owners?.children?.some(({ value }) => !ownerWords.some((word) => word === value)))
      at(groups, "securityGroups narrow owners that are accounts, and this statement has none: add one");
    const all = ranges?.children?.find(
      (range) => typeof range.value === "string" && /^[^/]*\/0$/.test(range.value) && parseRange(range.value),
    );
    if (all && !everyone) at(all, 'this lets everyone in: if that is meant, write "everyone": true beside it');
    if (everyone && !all) at(everyone, '"everyone" belongs beside a /0, and this statement has none: leave it out');
  }
  const mode = property(tree, "mode")?.value;
  if (mode === "audit") at(property(tree, "auditOnly"), 'everything is audit already: with "mode": "audit", write enforceOnly');
  if (mode === "enforce") at(property(tree, "enforceOnly"), 'everything is enforced already: with "mode": "enforce", write auditOnly');
  for (const key of ["auditOnly", "enforceOnly"])
    for (const scope of property(tree, key)?.children ?? [])
      if (scope.type === "object" && scope.children?.length === 0) at(scope, 'an empty scope would mean everything: change "mode" instead');
  return problems;
}

/** Statements of which nothing can be permitted: no call in their scope lets in anything that they name. */
export function unusable(tree: Node, { permit }: PolicyDocument, calls: readonly PolicyCall[]): Problem[] {
  return permit.flatMap((statement, index) => {
    const node = findNodeAtLocation(tree, ["permit", index]);
    const scope = node && (property(node, "authorizations") ?? property(node, "services"));
    if (!scope || !idleIn(statement, calls).permitsNothing) return [];
    const message = "no call in this scope lets in what the statement names, so it permits nothing: change one of the two, or leave it out";
    return [{ offset: scope.offset, length: scope.length, message }];
  });
}

function property(node: Node, key: string): Node | undefined {
  return node.type === "object" ? findNodeAtLocation(node, [key]) : undefined;
}
