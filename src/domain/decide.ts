import { type Grant, onEachStore } from "./grant.ts";
import { type Judgement, judge, permitted } from "./judge.ts";
import { inScope, isInForce, type Policy } from "./policy.ts";
import { nearReason } from "./reason.ts";
import { printable } from "./text.ts";

/** The verdict on a grant, and its reason. */
export type Decision = Judgement | { readonly verdict: "outOfScope"; readonly reason: string };

/**
 * Decides whether the policy permits a grant at a time, in milliseconds since 1970. Pure: the same grant, policy and time
 * give the same decision. Throws a TypeError for a range that cannot be read; readers of events must not make such a grant.
 */
export function decide(grant: Grant, policy: Policy, at: number): Decision {
  if (!grant.stores) return decideOne(grant, policy, at);
  const permittingNames = new Set<string>();
  for (const one of onEachStore(grant)) {
    const decision = decideOne(one, policy, at);
    if (decision.verdict === "violation")
      return { ...decision, reason: `${decision.reason}, for ${one.service} ${printable(one.resource)}` };
    for (const name of decision.statements) permittingNames.add(name);
  }
  if (grant.stores.length === 0) return { verdict: "outOfScope", reason: "it reaches no cache and no warehouse" };
  return permitted(policy.permit.filter(({ name }) => permittingNames.has(name)));
}

/** True when the policy permits the grant for some store of a service, whatever the store's name is. */
export function mayPermitOn(service: string, grant: Grant, policy: Policy, at: number): boolean {
  const permit = policy.permit.map((statement) => ({ ...statement, scope: { ...statement.scope, resources: undefined } }));
  return decide({ ...grant, stores: [{ service, resource: "" }] }, { ...policy, permit }, at).verdict === "permitted";
}

function decideOne(grant: Grant, { permit }: Policy, at: number): Judgement {
  const applicable = permit.filter(({ scope }) => inScope(scope, grant));
  const judgement = judge(
    grant,
    applicable.filter((statement) => isInForce(statement, at)),
  );
  if (judgement.verdict === "permitted") return judgement;
  return { ...judgement, reason: nearReason(grant, permit, applicable, judgement, at) ?? judgement.reason };
}
