import type { Operation } from "../state.ts";
import type { Paging } from "../wire/paging.ts";
import { invalidValue, type Parameters, QueryError, structures } from "../wire/query.ts";

/** A refusal of EC2's (page "Error codes" of its API reference). All that callers are to blame for are 400. */
export function ec2Error(code: string, message: string): QueryError {
  return new QueryError(code, 400, message);
}

/** The text of a parameter that must be there, as EC2 asks for it. */
export function needed(parameters: Parameters, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value === "") throw ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
  return value;
}

/** An identifier such as "sg-" and 8 or 17 hexadecimal digits. */
export function checkId(id: string, prefix: string, malformed: string): string {
  if (new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return id;
  throw ec2Error(malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** Operations of EC2's, which all know DryRun. Nobody lacks a permission here. */
export function ec2Operations(operations: readonly (readonly [string, Operation])[]): ReadonlyMap<string, Operation> {
  return new Map(
    operations.map(([action, operation]) => [
      action,
      (parameters) => {
        if (parameters.get("DryRun") !== "true") return operation(parameters);
        throw new QueryError("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set.");
      },
    ]),
  );
}

/** What a filter looks at: the values of an item, any of which may match. */
export type FilterValues<Item> = ReadonlyMap<string, (item: Item) => readonly string[]>;

/** `Filter.1.Name` and `Filter.1.Value.1`: all filters must match, each by any of its values, in which `*` and `?` are wild. */
export function filterOf<Item>(parameters: Parameters, values: FilterValues<Item>): (item: Item) => boolean {
  const filters = structures(parameters, "Filter").map((filter) => {
    const name = filter.get("Name") ?? "";
    const valuesOf = values.get(name);
    if (valuesOf === undefined) throw invalidValue(`The filter '${name}' is invalid`);
    const wanted = [...filter].filter(([key]) => key.startsWith("Value.")).map(([, text]) => wild(text));
    return (item: Item) => valuesOf(item).some((value) => wanted.some((pattern) => pattern.test(value)));
  });
  return (item) => filters.every((fits) => fits(item));
}

function wild(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}

/** What is named by its id is never cut into pages. */
export function refuseNamedPages(parameters: Parameters, names: readonly string[], what: string): void {
  if (names.length === 0 || !parameters.has("MaxResults")) return;
  throw ec2Error("InvalidParameterCombination", `The parameter ${what} cannot be used with the parameter maxResults`);
}

/** `NextToken` and `MaxResults` of EC2, between the bounds that an action has: everything on one page unless told. */
export function ec2Paging(least: number, most: number, usual: number = Number.POSITIVE_INFINITY): Paging {
  return { token: "NextToken", next: "nextToken", size: "MaxResults", least, most, usual };
}
