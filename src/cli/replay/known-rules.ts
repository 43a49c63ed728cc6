import { openingOf } from "#authorizations/vpc-rule/requested-rules.ts";
import type { Grant } from "#domain/grant.ts";

/** The ingress rules that the events of a run have shown so far. Removals are not watched, so a rule may be gone in AWS. */
export interface KnownRules {
  /** Adds a rule, or changes the one with its id. */
  add(grant: Grant): void;
  /** Returns the rules of a group that is in the same place. */
  of(group: Pick<Grant, "resource" | "place">): readonly Grant[];
}

/** Creates one that knows no rule. */
export function createKnownRules(): KnownRules {
  const groups = new Map<string, Map<string, Grant>>();
  const keyOf = ({ resource, place: { account, region } }: Pick<Grant, "resource" | "place">) => `${account} ${region} ${resource}`;
  return {
    add(grant) {
      const rules = groups.get(keyOf(grant)) ?? new Map<string, Grant>();
      groups.set(keyOf(grant), rules);
      const { source, rule = { protocol: "-1" } } = grant;
      for (const [key, known] of rules) if (rule.id !== undefined && known.rule?.id === rule.id) rules.delete(key);
      // EC2 keeps a rule once, so one that was removed and added again has a new id.
      rules.set(`${rule.protocol} ${openingOf(source, rule)}`, grant);
    },
    of: (group) => [...(groups.get(keyOf(group))?.values() ?? [])],
  };
}
