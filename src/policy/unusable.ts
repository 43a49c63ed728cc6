import { ownerWords } from "#domain/source.ts";
import type { PolicyCall, StatementDocument } from "./schema.ts";

/** What a statement names that no call in its scope can let in, and whether that is all that it names. */
export function idleIn(
  { services, authorizations, owners = [], ranges = [], prefixLists = [], securityGroups }: StatementDocument,
  calls: readonly PolicyCall[],
): { readonly idle: readonly string[]; readonly permitsNothing: boolean } {
  const inScope = calls.filter(
    (call) =>
      (authorizations?.includes(call.authorization) ?? true) && (!services || call.services.some((service) => services.includes(service))),
  );
  const letIn = (kind: PolicyCall["sources"][number]) => inScope.some(({ sources }) => sources.includes(kind));
  const letInOwner = (owner: string) => {
    const word = ownerWords.find((each) => each === owner);
    if (word) return !securityGroups && inScope.some(({ words }) => words.includes(word));
    return letIn("securityGroup") || (!securityGroups && letIn("account"));
  };
  const idle = [
    ...(letIn("range") ? [] : ranges),
    ...(letIn("prefixList") ? [] : prefixLists),
    ...owners.filter((owner) => !letInOwner(owner)),
  ];
  return { idle, permitsNothing: idle.length === owners.length + ranges.length + prefixLists.length };
}
