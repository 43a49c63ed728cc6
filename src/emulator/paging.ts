import type { Settings } from "./family.ts";
import { type Element, invalidValue, optional, type Parameters } from "./query.ts";

const records = { least: 20, most: 100 };

/** One page of a Describe action by `Marker` and `MaxRecords` (20 to 100, default 100), as page API_DescribeCacheSecurityGroups has it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The `<Marker>` that asks for the next page; none after the last. */
  readonly marker: readonly Element[];
}

/** Cuts the page that is asked for. A marker holds the last name given, so what is created or deleted between two pages moves nothing else. */
export function pageOf<Item extends { readonly name: string }>(
  all: Iterable<Item>,
  parameters: Parameters,
  settings: Settings,
): Page<Item> {
  const asked = maxRecords(parameters);
  const size = settings.pageSize ?? asked;
  const after = readMarker(parameters);
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => item.name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    marker: last === undefined || items.length === rest.length ? [] : [["Marker", writeMarker(last.name)]],
  };
}

function maxRecords(parameters: Parameters): number {
  const text = optional(parameters, "MaxRecords");
  if (text === undefined) return records.most;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= records.least && number <= records.most) return number;
  throw invalidValue(`Invalid value ${text} for MaxRecords. Must be between ${records.least} and ${records.most}`);
}

function writeMarker(name: string): string {
  return Buffer.from(`after:${name}`).toString("base64");
}

function readMarker(parameters: Parameters): string | undefined {
  const marker = optional(parameters, "Marker");
  if (marker === undefined) return undefined;
  const name = Buffer.from(marker, "base64")
    .toString()
    .replace(/^after:/, "");
  if (writeMarker(name) !== marker) throw invalidValue(`Invalid value for Marker: ${marker}`);
  return name;
}
