import { ownerWords } from "#domain/source.ts";
import type { PolicyCall, StatementDocument } from "./schema.ts";

/** Returns the sources of a statement that no call in its scope can grant access to, and whether these are all of its sources. */
export function unusable(
  { services, authorizations, owners = [], ranges = [], prefixLists = [], securityGroups }: StatementDocument,
  calls: readonly PolicyCall[],
): { readonly sources: readonly string[]; readonly permitsNothing: boolean } {
  const callsInScope = calls.filter(
    (call) =>
      (authorizations?.includes(call.authorization) ?? true) && (!services || call.services.some((service) => services.includes(service))),
  );
  const isAccepted = (kind: PolicyCall["sources"][number]) => callsInScope.some(({ sources }) => sources.includes(kind));
  const isAcceptedOwner = (owner: string) => {
    const word = ownerWords.find((each) => each === owner);
    if (word) return !securityGroups && callsInScope.some(({ words }) => words.includes(word));
    return isAccepted("securityGroup") || (!securityGroups && isAccepted("account"));
  };
  const sources = [
    ...(isAccepted("range") ? [] : ranges),
    ...(isAccepted("prefixList") ? [] : prefixLists),
    ...owners.filter((owner) => !isAcceptedOwner(owner)),
  ];
  return { sources, permitsNothing: sources.length === owners.length + ranges.length + prefixLists.length };
}
