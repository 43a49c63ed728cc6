import { entryOf, vocabulary, vpcRule } from "#authorizations/index.ts";
import type { Grant } from "#domain/grant.ts";
import { printable } from "#domain/text.ts";
import { grantKey } from "#inventory/grant-key.ts";
import type { EndLine, PlaceLine } from "#inventory/line.ts";

/** Checks the lines of one place against each other: a file that was edited or damaged must not count as complete. */
export interface PlaceCheck {
  /** Returns what is wrong with a line, as a clause, if it cannot be of an inventory. */
  add(line: PlaceLine): string | undefined;
  /** Returns why the place is not as complete as its last line says. */
  contradiction(end: EndLine): string | undefined;
}

/** Creates the check of a place without lines. */
export function createPlaceCheck(): PlaceCheck {
  const keys = new Set<string>();
  let hasProblem = false;
  let listedAt: string | undefined;
  return {
    add(line) {
      if (line.line === "problem") hasProblem = true;
      if (line.line === "store" && !vocabulary.services.includes(line.service))
        return `${printable(line.service)} is no service of a store`;
      if (line.line !== "grant" && line.line !== "end") return undefined;
      listedAt ??= line.listedAt;
      if (line.listedAt !== listedAt) return "another listedAt than the lines of the place before it";
      if (line.line === "end") return undefined;
      const key = grantKey(line.grant);
      if (keys.has(key)) return "a grant that the place has before";
      keys.add(key);
      return impossible(line.grant);
    },
    contradiction({ grants }) {
      if (grants !== keys.size) return `the inventory has ${keys.size} of the ${grants} grants of the place: list the place again`;
      return hasProblem ? "the inventory has a problem in this place, and calls it complete: list the place again" : undefined;
    },
  };
}

/** Returns why AWS has no such grant; undefined when it can have it. */
function impossible(grant: Grant): string | undefined {
  const { authorization, service, source, rule, stores } = grant;
  const entry = entryOf(grant);
  if (!entry) return `${printable(service)} ${printable(authorization)}, which is no authorization that is watched`;
  if (!entry.sources.includes(source.kind)) return `a ${source.kind} as the source of ${authorization}`;
  const isRule = entry === vpcRule;
  if ((rule !== undefined) !== isRule || (stores !== undefined) !== isRule)
    return `${authorization} ${isRule ? "without a rule and its stores" : "with a rule or stores"}`;
  const store = stores?.find((each) => !vocabulary.services.includes(each.service));
  return store && `${printable(store.service)} is no service of a store`;
}
