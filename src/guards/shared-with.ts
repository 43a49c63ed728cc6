import type { Authorization } from "#authorizations/authorization.ts";
import type { SharingSend } from "#aws/reads.ts";
import type { Grant } from "#domain/grant.ts";

/** Returns the AWS ids of what else a grant's resource protects. Throws an AwsFailure. */
export type SharedWith = (grant: Grant, send: SharingSend) => Promise<readonly string[]>;

/** Creates a function that asks AWS once for each resource. All violations on a resource are handled together, so they share a failure, too. */
export function oncePerResource({ sharedWith }: Authorization): SharedWith {
  const answers = new Map<string, Promise<readonly string[]>>();
  return (grant, send) => {
    const answer = answers.get(grant.resource) ?? sharedWith?.(grant, send) ?? Promise.resolve([]);
    answers.set(grant.resource, answer);
    return answer;
  };
}
