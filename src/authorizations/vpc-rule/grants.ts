import { catchUp, consistency } from "#aws/consistency.ts";
import { AwsFailure, isAbsent } from "#aws/failure.ts";
import type { Send } from "#aws/send.ts";
import { EventError } from "#cloudtrail/record.ts";
import type { Grant, Store } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import type { Source } from "#domain/source.ts";
import type { Found } from "../event.ts";
import { completeSource, type IngressRule, reaches } from "./rules.ts";
import type { Stores, VpcStore } from "./stores.ts";

/** The authorization of every VPC rule, whichever event shows it: the same rule is judged alike however it was made. */
export const authorizeIngress = "AuthorizeSecurityGroupIngress";

/**
 * Each rule as a grant on the stores that it reaches; the problem names the rules that cannot be read. When not every store
 * could be listed, a rule that reaches none of the listed ones is left to the next try.
 */
export async function grantsOf(rules: readonly IngressRule[], { stores, problem }: Stores, place: Place, send: Send): Promise<Found> {
  const judged = rules.map((each) => ({ ...each, reached: storesReached(each, stores) }));
  const completed = await completeSources(
    judged.flatMap(({ source, reached }) => (source && reached.length > 0 ? source : [])),
    send,
  );
  const grants: Grant[] = [];
  const unreadable: string[] = [];
  for (const { group, rule, source, reached } of judged) {
    const whole = source && (completed.get(source) ?? source);
    if (whole instanceof AwsFailure) unreadable.push(`${rule.id} (${whole.message})`);
    else if (whole && (!problem || reached.length > 0))
      grants.push({ place, service: "ec2", authorization: authorizeIngress, resource: group, source: whole, rule, stores: reached });
    else if (reached.length > 0) unreadable.push(rule.id ?? "");
  }
  if (unreadable.length === 0) return { grants, problem };
  return { grants, problem: new EventError(`Rules that cannot be read were not judged: ${unreadable.join(" ")}`) };
}

/**
 * Each source with what its rule does not say of it, or why that could not be read. What AWS does not find may have been
 * made a moment ago, so all of it is read again after the same pauses; what AWS never finds stays as the rule has it.
 */
async function completeSources(sources: readonly Source[], send: Send): Promise<ReadonlyMap<Source, Source | AwsFailure>> {
  const known = new Map<Source, Source | AwsFailure>();
  let open = sources;
  for (let attempt = 1; ; attempt++) {
    const absent = new Map<Source, AwsFailure>();
    for (const source of open) {
      const whole = await completeSource(source, send).catch((failure: unknown) => failure as Error);
      if (whole instanceof Error && !(whole instanceof AwsFailure)) throw whole;
      if (whole instanceof AwsFailure && isAbsent(whole)) absent.set(source, whole);
      else known.set(source, whole);
    }
    if (attempt === consistency.readsOfSource || absent.size === 0) return known;
    if (!(await catchUp(attempt, send.deadline))) return new Map([...known, ...absent]);
    open = [...absent.keys()];
  }
}

/** The stores that the rule reaches through its group, each once. */
function storesReached({ group, rule }: IngressRule, stores: readonly VpcStore[]): Store[] {
  const reached = stores.filter(({ groups, ports }) => groups.includes(group) && ports.some((port) => reaches(rule, port)));
  const named = new Map(reached.map(({ service, resource }) => [`${service} ${resource}`, { service, resource }]));
  return [...named.values()];
}
