import type { Place } from "../state.ts";
import type { Element } from "../wire/elements.ts";
import { invalidValue } from "../wire/errors.ts";
import { type Page, type Paging, pageOf } from "../wire/paging.ts";
import { type Parameters, structures } from "../wire/parameters.ts";
import { ec2Error } from "./actions.ts";

/** The values of an item that a filter compares, by the name of the filter. */
export type FilterValues<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

/** `Filter.1.Name` and `Filter.1.Value.1`: an item must match all filters, each by any of its values. `*` and `?` are wildcards. */
export function filterOf<Item>(parameters: Parameters, values: FilterValues<Item>): (item: Item) => boolean {
  const known = new Map(Object.entries(values));
  const filters = structures(parameters, "Filter").map((filter) => {
    const name = filter.get("Name") ?? "";
    const valuesOf = known.get(name);
    if (valuesOf === undefined) throw invalidValue(`The filter '${name}' is invalid`);
    const patterns = [...filter].filter(([key]) => key.startsWith("Value.")).map(([, text]) => patternOf(text));
    return (item: Item) => valuesOf(item).some((value) => patterns.some((pattern) => pattern.test(value)));
  });
  return (item) => filters.every((matches) => matches(item));
}

function patternOf(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}

/** `NextToken` and `MaxResults`, with the bounds of an action. By default everything is on one page. */
export function ec2Paging(least: number, most: number, usual: number = Number.POSITIVE_INFINITY): Paging {
  return { token: "NextToken", next: "nextToken", size: "MaxResults", least, most, usual };
}

/** Throws if a request names its items by id and asks for pages. */
export function checkNotPaged(parameters: Parameters, ids: readonly string[], parameter: string): void {
  if (ids.length === 0 || !parameters.has("MaxResults")) return;
  throw ec2Error("InvalidParameterCombination", `The parameter ${parameter} cannot be used with the parameter maxResults`);
}

/** All items if the request names them by id, else the requested page of 5 to 1000 (botocore model, DescribeSecurityGroupsMaxResults). */
export function pageUnlessNamed<Item extends { readonly name: string }>(
  items: readonly Item[],
  isNamed: boolean,
  parameters: Parameters,
  place: Place,
): Page<Item> {
  return isNamed ? { items, marker: [] } : pageOf(items, parameters, place, ec2Paging(5, 1000));
}

/** A list of EC2's, whose members are all called `item`. */
export function itemSet<Item>(name: string, items: readonly Item[], describe: (item: Item) => readonly Element[]): Element {
  return [name, items.map((item): Element => ["item", describe(item)])];
}
