import type { StatementDocument } from "#policy/schema.ts";

/** Returns the statements in the order of their names, which say the first source and resource, and how many others there are. */
export function withNames<Item extends { readonly statement: Omit<StatementDocument, "name"> }>(
  prefix: string,
  items: readonly Item[],
): readonly (Item & { readonly statement: StatementDocument })[] {
  const sorted = items
    .map((item) => ({ item, name: nameOf(prefix, item.statement), text: JSON.stringify(item.statement) }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.text, b.text));
  const taken = new Map<string, number>();
  return sorted.map(({ item, name }) => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    // No name of the others ends in this way: they end in a resource or in "more".
    return { ...item, statement: { name: count === 1 ? name : `${name}_${count}`, ...item.statement } };
  });
}

function nameOf(prefix: string, statement: Omit<StatementDocument, "name">): string {
  const { owners = [], securityGroups, ranges = [], prefixLists = [], services = [], resources = [] } = statement;
  const owning = owners.flatMap((owner) => securityGroups?.map((group) => `${owner}/${group}`) ?? owner);
  const name = [prefix, ...firstOf([...ranges, ...prefixLists, ...owning]), "to", ...services, ...firstOf(resources)].join("-");
  return name.replace(/[^A-Za-z0-9.:/-]+/g, "-").slice(0, 200);
}

function firstOf([first = "", ...others]: readonly string[]): readonly string[] {
  return others.length > 0 ? [first, `and-${others.length}-more`] : [first];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
