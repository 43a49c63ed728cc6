import { isDeepStrictEqual as same } from "node:util";
import type { Check } from "./check.ts";
import { getAtt, ofType, type StackRule, sameSet } from "./stack.ts";

/** Requirements of the rules and of the archive. */
export const eventChecks: Readonly<Record<string, Check>> = {
  "rules fire on the default bus": function* ({ rules }) {
    for (const { id, switches, invokes } of rules) {
      for (const key of switches) yield `${id}: ${key} is set; a function's Condition is its switch`;
      if (!invokes) yield `${id}: it may not invoke its function, and no function reads its queue`;
    }
  },

  "patterns match the successful calls of one service": function* ({ rules }) {
    for (const { id, pattern } of rules) {
      const [service] = pattern.detail?.eventSource ?? [];
      const wanted = {
        source: [`aws.${String(service).split(".")[0]}`],
        "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
        detail: { eventSource: [service], eventName: pattern.detail?.eventName, errorCode: [{ exists: false }] },
      };
      if (!same(pattern, wanted)) yield `${id}: its pattern is ${JSON.stringify(pattern)}, not ${JSON.stringify(wanted)}`;
    }
  },

  "patterns name the calls of the registry": function* ({ rules, functions }, { registry }) {
    const pair = ({ eventSource, eventName }: { eventSource: string; eventName: string }) => `${eventName} of ${eventSource}`;
    for (const { name, properties } of functions) {
      const named = rules
        .filter(({ functionName }) => functionName === name)
        .flatMap(pairsOf)
        .map(pair);
      const wanted = registry.filter(({ service }) => service === properties.Environment.Variables.WATCH).map(pair);
      for (const each of wanted) if (!named.includes(each)) yield `${name}: no rule matches ${each}`;
      for (const each of named) if (!wanted.includes(each)) yield `${name}: a rule matches ${each}, which it does not watch`;
      if (new Set(named).size < named.length) yield `${name}: its rules match a call twice`;
    }
    const watched = functions.map(({ properties }) => properties.Environment.Variables.WATCH);
    const services = [...new Set(registry.map(({ service }) => service))];
    if (!same(watched.sort(), services.sort())) yield `functions watch ${watched}, the registry has ${services}`;
  },

  "no rule matches a call that a function makes": function* ({ rules, functions }, { calls }) {
    const granted = functions.flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));
    const made = [...granted, ...Object.values(calls).flat()].map((call: string) => call.split(":")[1]);
    for (const { id, pattern } of rules)
      for (const name of pattern.detail.eventName) if (made.includes(name)) yield `${id}: it matches ${name}, which a function calls`;
  },

  "rules retry": function* ({ rules }) {
    const wanted = { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 };
    for (const { id, retryPolicy } of rules) if (!same(retryPolicy, wanted)) yield `${id}: it retries ${JSON.stringify(retryPolicy)}`;
  },

  "undelivered events are kept": function* ({ rules }) {
    // `Type: SQS` would make SAM write a policy for each rule, of which the last one wins.
    const wanted = { Arn: getAtt("UndeliveredEvents") };
    for (const { id, deadLetterConfig } of rules)
      if (!same(deadLetterConfig, wanted)) yield `${id}: undelivered events go to ${JSON.stringify(deadLetterConfig)}`;
  },

  "the archive keeps the events that the rules match": function* ({ template, rules }) {
    const [[, archive] = [], ...others] = ofType(template, "AWS::Events::Archive");
    if (archive === undefined || others.length > 0) return yield "there is not one archive";
    const { EventPattern, SourceArn, RetentionDays } = archive.Properties;
    if (!same(Object.keys(EventPattern), ["$or"]) || !sameSet(EventPattern.$or.map(inOrder), patternsByService(rules).map(inOrder)))
      yield "its pattern is not the union of the rules'";
    if (JSON.stringify(EventPattern).length > longestPattern) yield `its pattern has more than ${longestPattern} characters`;
    if (!SourceArn["Fn::Sub"]?.endsWith(":event-bus/default")) yield "it is not of the default bus";
    if (!same(RetentionDays, { Ref: "ArchiveRetentionDays" })) yield "it does not keep events for ArchiveRetentionDays";
  },
};

/** EventBridge's default quota for the size of a pattern. */
const longestPattern = 2048;

/** Returns the pattern with its calls in order: SAM's translation has the rules in another order. */
function inOrder(pattern: StackRule["pattern"]): StackRule["pattern"] {
  return { ...pattern, detail: { ...pattern.detail, eventName: pattern.detail.eventName.toSorted() } };
}

/** Returns one pattern for each service, with the calls of all its rules. */
function patternsByService(rules: readonly StackRule[]): readonly StackRule["pattern"][] {
  const patterns = new Map<string, StackRule["pattern"]>();
  for (const { pattern } of rules) {
    const key = JSON.stringify({ ...pattern, detail: { ...pattern.detail, eventName: [] } });
    const known = patterns.get(key)?.detail.eventName ?? [];
    patterns.set(key, { ...pattern, detail: { ...pattern.detail, eventName: [...known, ...pattern.detail.eventName] } });
  }
  return [...patterns.values()];
}

function pairsOf({ pattern }: StackRule): { eventSource: string; eventName: string }[] {
  const [eventSource] = pattern.detail.eventSource;
  return pattern.detail.eventName.map((eventName: string) => ({ eventSource, eventName }));
}
