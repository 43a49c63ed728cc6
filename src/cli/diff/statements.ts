import type { PolicyDocument, StatementDocument } from "#policy/schema.ts";

/** A statement, or a setting of the policy, that two policies have in different forms. */
export interface ChangedStatement {
  /** The name of the statement; absent for a setting. */
  readonly statement?: string;
  readonly setting?: string;
  readonly change: "added" | "removed" | "changed";
  /** The keys of a changed statement that differ. */
  readonly keys?: readonly string[];
}

/** Returns the statements and settings that differ in meaning: not in their order, in that of a list, or in a `reason`. */
export function changedStatements(oldDocument: PolicyDocument, newDocument: PolicyDocument): readonly ChangedStatement[] {
  const [before, after] = [oldDocument, newDocument].map(({ permit }) => new Map(permit.map((statement) => [statement.name, statement])));
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  const statements = names.flatMap((statement): ChangedStatement | readonly ChangedStatement[] => {
    const [one, other] = [before?.get(statement), after?.get(statement)];
    if (!one || !other) return { statement, change: one ? "removed" : "added" };
    const keys = differingKeys(one, other);
    return keys.length > 0 ? { statement, change: "changed", keys } : [];
  });
  const settings = ["mode", "auditOnly", "enforceOnly", "sharedGroups"] as const;
  const differing = settings.filter((setting) => canonical(oldDocument[setting]) !== canonical(newDocument[setting]));
  return [...differing.map((setting): ChangedStatement => ({ setting, change: "changed" })), ...statements];
}

function differingKeys(one: StatementDocument, other: StatementDocument): readonly string[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => key !== "reason");
  const textOf = (statement: StatementDocument, key: string) => canonical(Object.entries(statement).find(([name]) => name === key)?.[1]);
  return keys.filter((key) => textOf(one, key) !== textOf(other, key));
}

/** Returns a text that is equal for values of the same meaning: the order of a list does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).toSorted());
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  return JSON.stringify(
    Object.entries(value)
      .map(([key, each]) => [key, canonical(each)])
      .toSorted(),
  );
}
