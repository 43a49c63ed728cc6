import { readFileSync } from "node:fs";

/** One event of the truth table, and the patterns that it matches according to EventBridge's own engine. */
export interface Row {
  readonly name: string;
  /** Its differences from the base, by dotted path: values that are set, and members that are removed. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly matches: readonly string[];
}

const table: { readonly base: object; readonly rows: readonly Row[] } = JSON.parse(
  readFileSync(new URL("truth-table.json", import.meta.url), "utf8"),
);

/** The truth table: each row with its whole event. */
export const rows: readonly (Row & { readonly event: unknown })[] = table.rows.map((row) => ({
  ...row,
  event: eventOfRow(table.base, row),
}));

/** The event of a row. */
function eventOfRow(base: object, { set = {}, remove = [] }: Pick<Row, "set" | "remove">): unknown {
  const event = structuredClone(base);
  for (const [path, value] of Object.entries(set)) {
    const [parent, key] = placeOf(event, path);
    parent[key] = value;
  }
  for (const path of remove) {
    const [parent, key] = placeOf(event, path);
    delete parent[key];
  }
  return event;
}

// biome-ignore lint/suspicious/noExplicitAny: a wrong path fails the test that reads it
function placeOf(event: any, path: string): [parent: any, key: string] {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  return [keys.reduce((value, key) => value[key], event), last];
}
