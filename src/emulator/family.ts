import type { Api, Element, Parameters } from "./query.ts";

/** Where requests go: one account in one Region. Nothing is shared between two of them. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The part of the emulator's options that operations heed. */
export interface Settings {
  readonly settleMs: number;
  readonly createMissing: boolean;
  readonly pageSize: number | undefined;
}

/** One action: changes what its place holds and gives the content of its Result (undefined: it has none). Refuses by throwing a QueryError. */
export type Operation = (parameters: Parameters) => readonly Element[] | undefined;

/** Actions of one API that belong together. `open` is called once for each place and makes the operations over an empty state of their own. */
export interface Family {
  readonly api: Api;
  readonly open: (place: Place, settings: Settings) => ReadonlyMap<string, Operation>;
}

/** The partition that a Region's ARNs name. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
