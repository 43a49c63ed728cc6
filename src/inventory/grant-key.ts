import type { Grant } from "#domain/grant.ts";
import { sourceKey } from "#domain/source.ts";
import { placeKey } from "./line.ts";

/** Returns a text that is equal for the same grant in two lists. A VPC rule is itself by its id, whatever it contains by then. */
export function grantKey({ place, service, authorization, resource, source, rule }: Grant): string {
  return JSON.stringify([placeKey(place), service, authorization, resource, rule?.id ?? sourceKey(source)]);
}

/** Returns a text that is equal if a grant lets in the same source to the same ports of the same stores. */
export function grantContent({ source, rule, stores }: Grant): string {
  const names = stores?.map(({ service, resource, account = "" }) => `${service} ${resource} ${account}`).toSorted();
  return JSON.stringify([JSON.stringify(source, Object.keys(source).toSorted()), rule?.protocol, rule?.fromPort, rule?.toPort, names]);
}
