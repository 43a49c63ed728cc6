import type { Place } from "../state.ts";
import type { Element } from "./elements.ts";
import { invalidValue, type QueryError } from "./errors.ts";
import type { Parameters } from "./parameters.ts";

/** How an action pages. */
export interface Paging {
  /** The parameter with the token of a page. */
  readonly token: string;
  /** The element of the response with the token of the next page. */
  readonly next: string;
  /** The parameter with the number of items on a page, its bounds and its default. */
  readonly size: string;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  /** The error for an invalid token or size; default: InvalidParameterValue. */
  readonly invalid?: (message: string) => QueryError;
}

/** `Marker` and `MaxRecords` (20 to 100, default 100), as on page API_DescribeCacheSecurityGroups. */
const markerPaging: Paging = { token: "Marker", next: "Marker", size: "MaxRecords", least: 20, most: 100, usual: 100 };

/** One page of a Describe action. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The element with the token of the next page; none on the last page. */
  readonly marker: readonly Element[];
}

interface Named {
  readonly name: string;
}

/** The requested page, sorted by name. A token holds the last name of its page, so items that are created or deleted in between shift no page. */
export function pageOf<Item extends Named>(
  all: Iterable<Item>,
  parameters: Parameters,
  { world }: Place,
  paging: Paging = markerPaging,
): Page<Item> {
  const requested = readSize(parameters, paging);
  const size = world.settings.pageSize ?? requested;
  const after = readToken(parameters, paging);
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => item.name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    marker: last === undefined || items.length === rest.length ? [] : [[paging.next, writeToken(last.name)]],
  };
}

/** The item that a request names, or the requested page of all items. */
export function namedOrPage<Item extends Named>(
  named: Item | undefined,
  all: Iterable<Item>,
  parameters: Parameters,
  place: Place,
  paging?: Paging,
): Page<Item> {
  return named === undefined ? pageOf(all, parameters, place, paging) : { items: [named], marker: [] };
}

function readSize(parameters: Parameters, { size, least, most, usual, invalid = invalidValue }: Paging): number {
  const text = parameters.get(size);
  if (text === undefined) return usual;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalid(`Invalid value ${text} for ${size}. Must be between ${least} and ${most}`);
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString("base64");
}

function readToken(parameters: Parameters, { token, invalid = invalidValue }: Paging): string | undefined {
  const text = parameters.get(token);
  if (text === undefined) return undefined;
  const name = Buffer.from(text, "base64")
    .toString()
    .replace(/^after:/, "");
  if (writeToken(name) !== text) throw invalid(`Invalid value for ${token}: ${text}`);
  return name;
}
