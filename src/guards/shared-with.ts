import type { Authorization } from "#authorizations/authorization.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";

/** Asks AWS what else a grant's resource protects. Throws an AwsFailure. */
export type SharedWith = (grant: Grant, send: Send) => Promise<readonly string[]>;

/** Asks once for each resource, and again where asking failed. An authorization that cannot share a resource is not asked. */
export function oncePerResource({ sharedWith }: Authorization): SharedWith {
  const known = new Map<string, Promise<readonly string[]>>();
  return (grant, send) => {
    const answer = known.get(grant.resource) ?? sharedWith?.(grant, send) ?? Promise.resolve([]);
    known.set(grant.resource, answer);
    answer.catch(() => known.delete(grant.resource));
    return answer;
  };
}
