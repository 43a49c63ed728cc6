import { catchUp, consistency, tries } from "#aws/consistency.ts";
import { AwsFailure, isAbsent } from "#aws/failure.ts";
import type { SharingSend } from "#aws/reads.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import type { FoundGrants, VpcStore } from "../event.ts";
import { portLimits } from "./ports.ts";
import { allowsTcp, completeSource, type IngressRule, reaches } from "./rules.ts";
import type { Stores } from "./stores.ts";

/** The authorization of every VPC rule, whichever event shows it, so that the decision does not depend on the call. */
export const authorizeIngress = "AuthorizeSecurityGroupIngress";

/**
 * Returns each rule as a grant with the stores that it reaches. The problem names the rules that cannot be read. When not every
 * store could be listed, rules that reach no listed store are left out: the problem makes Lambda retry the event.
 */
export async function grantsOf(
  rules: readonly IngressRule[],
  { stores, problem, unlisted }: Stores,
  place: Place,
  send: SharingSend,
): Promise<FoundGrants> {
  const judged = rules.map((each) => ({ ...each, reached: storesReached(each, stores, place) }));
  const completed = await completeSources(
    judged.flatMap(({ source, reached }) => (source && reached.length > 0 ? source : [])),
    send,
  );
  const grants: Grant[] = [];
  const unreadable: string[] = [];
  for (const { group, rule, source, reached } of judged) {
    const fullSource = source && (completed.get(source) ?? source);
    if (fullSource instanceof AwsFailure) unreadable.push(`${rule.id} (${fullSource.message})`);
    else if (fullSource && (!problem || reached.length > 0))
      grants.push({ place, service: "ec2", authorization: authorizeIngress, resource: group, source: fullSource, rule, stores: reached });
    else if (reached.length > 0) unreadable.push(rule.id ?? "");
  }
  if (unreadable.length === 0) return { grants, problem, unlisted, stores };
  return { grants, unlisted, stores, problem: new EventError(`Rules that cannot be read were not judged: ${unreadable.join(" ")}`) };
}

/**
 * Completes each source with what its rule does not show, or maps it to the failure of that read. What AWS does not find may
 * have been created a moment ago, so it is read again; a source that AWS never finds is left out, and the rule's is used.
 */
async function completeSources(sources: readonly Source[], send: SharingSend): Promise<ReadonlyMap<Source, Source | AwsFailure>> {
  const completed = new Map<Source, Source | AwsFailure>();
  let pending = sources;
  for (let attempt = 1; ; attempt++) {
    const absent = new Map<Source, AwsFailure>();
    for (const source of pending) {
      const result = await completeSource(source, send).catch((failure: unknown) => failure as Error);
      if (result instanceof Error && !(result instanceof AwsFailure)) throw result;
      if (result instanceof AwsFailure && isAbsent(result)) absent.set(source, result);
      else completed.set(source, result);
    }
    if (attempt === tries(consistency.readsOfSource, send) || absent.size === 0) return completed;
    if (!(await catchUp(attempt, send.deadline))) return new Map([...completed, ...absent]);
    pending = [...absent.keys()];
  }
}

/**
 * Returns the stores that the rule reaches through its group, each once. Stores whose port is unknown come last: a rule for all ports
 * reaches them, and any other TCP rule may.
 */
function storesReached({ group, rule }: IngressRule, stores: readonly VpcStore[], { account }: Place): Store[] {
  const certain = new Map<string, Store>();
  const possible = new Map<string, Store>();
  for (const { kind, service, resource, owner, groups, ports } of stores) {
    if (!groups.includes(group)) continue;
    const foreign = owner !== undefined && owner !== account ? { account: owner } : {};
    const key = `${service} ${resource} ${owner ?? account}`;
    const isReached = ports.length > 0 ? ports.some((port) => reaches(rule, port)) : portLimits(kind).every((port) => reaches(rule, port));
    if (isReached) certain.set(key, { service, resource, ...foreign });
    else if (ports.length === 0 && allowsTcp(rule)) possible.set(key, { service, resource, ...foreign, portUnknown: true });
  }
  return [...certain.values(), ...[...possible].flatMap(([key, store]) => (certain.has(key) ? [] : store))];
}
