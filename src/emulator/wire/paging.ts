import type { Settings } from "../state.ts";
import { type Element, invalidValue, type Parameters, type QueryError } from "./query.ts";

/** How an action pages: the names of its parameters, the element of the answer, and how many items a page may have. */
export interface Paging {
  readonly token: string;
  readonly next: string;
  readonly size: string;
  readonly least: number;
  readonly most: number;
  /** Items on a page unless told. */
  readonly usual: number;
  readonly refuse?: (message: string) => QueryError;
}

/** `Marker` and `MaxRecords` (20 to 100, default 100), as page API_DescribeCacheSecurityGroups has it. */
const markers: Paging = { token: "Marker", next: "Marker", size: "MaxRecords", least: 20, most: 100, usual: 100 };

/** One page of a Describe action. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The element that asks for the next page; none after the last. */
  readonly marker: readonly Element[];
}

/** Cuts the page that is asked for. A token holds the last name given, so what is created or deleted between two pages moves nothing else. */
export function pageOf<Item extends { readonly name: string }>(
  all: Iterable<Item>,
  parameters: Parameters,
  settings: Settings,
  paging: Paging = markers,
): Page<Item> {
  const asked = itemsOnPage(parameters, paging);
  const size = settings.pageSize ?? asked;
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

function itemsOnPage(parameters: Parameters, { size, least, most, usual, refuse = invalidValue }: Paging): number {
  const text = parameters.get(size);
  if (text === undefined) return usual;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw refuse(`Invalid value ${text} for ${size}. Must be between ${least} and ${most}`);
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString("base64");
}

function readToken(parameters: Parameters, { token, refuse = invalidValue }: Paging): string | undefined {
  const text = parameters.get(token);
  if (text === undefined) return undefined;
  const name = Buffer.from(text, "base64")
    .toString()
    .replace(/^after:/, "");
  if (writeToken(name) !== text) throw refuse(`Invalid value for ${token}: ${text}`);
  return name;
}
