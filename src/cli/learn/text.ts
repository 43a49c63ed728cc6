import { storeNames } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { jsonText, printable } from "#domain/text.ts";
import type { OpenDecision } from "#learn/open-decision.ts";
import { counted } from "../counted.ts";

/** The most calls of which the text names the caller. */
const maxGranters = 3;

/** Returns a decision to take as lines of printable text. */
export function decisionText({ source, reason, on, grants, lastSeen, granters, withoutEvent, permitWith }: OpenDecision): string {
  const resources = on.services.flatMap((service) => on.resources.map((resource) => ({ service, resource })));
  const place = `${listed(on.accounts, "accounts")} ${listed(on.regions, "Regions")}`;
  const shown = granters.slice(-maxGranters).map(({ actor, time, call }) => `${time}, by ${actor}, ${call}`);
  const earlier = granters.length - shown.length;
  const lines: (readonly [name: string, text: string])[] = [
    ["on", `${storeNames(resources)}, in ${place}`],
    ["exists", `${counted(grants, "grant")}, listed ${lastSeen}`],
    ...shown.map((text) => ["granted", text] as const),
    ...(earlier > 0 ? [["granted", `by ${counted(earlier, "earlier call")}`] as const] : []),
    ...(withoutEvent > 0
      ? [["granted", `not known: no event${granters.length > 0 ? ` for ${counted(withoutEvent, "grant")}` : ""}`] as const]
      : []),
    ["permitWith", permitWith ? jsonText(permitWith) : "no statement can permit exactly this"],
  ];
  return [`decide  ${printable(sourceText(source), 128)}: ${reason}`, ...lines.map(([name, text]) => `  ${name.padEnd(11)} ${text}`)].join(
    "\n",
  );
}

function listed([first = "", ...others]: readonly string[], noun: string): string {
  return others.length > 0 ? `${others.length + 1} ${noun}` : first;
}
