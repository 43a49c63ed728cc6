import { consistency, isOlderThan, reread } from "#aws/consistency.ts";
import type { SharingSend } from "#aws/reads.ts";
import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { isGroupId } from "#domain/source.ts";
import type { EventReader } from "../event.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { openingOf, requestedRules } from "./requested-rules.ts";
import { groupsNamed, type IngressRule, readRule, rulesOfGroups } from "./rules.ts";
import { isAttached, storesAt } from "./stores.ts";

/**
 * Reads the event of AuthorizeSecurityGroupIngress. Its response shows the rules with their ids; in older records only the request
 * shows them.
 */
export const event: EventReader = {
  claims(record) {
    const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, stores: [] };
    const [requestedGroup = nameOf(record.requestParameters, "groupName")] = groupIds(record);
    const rules = rulesInResponse(record) ?? requestedRules(record).map((each) => ({ ...each, group: requestedGroup }));
    return rules.flatMap(({ group, rule: { id, ...rule }, source }): { kind: "granted"; grant: Grant }[] =>
      group !== undefined && source ? [{ kind: "granted", grant: { ...grant, resource: group, source, rule } }] : [],
    );
  },

  async grants(record, sendTo) {
    const send = sendTo(record.place);
    const responseRules = rulesInResponse(record);
    const stores = await storesAt(send);
    // Most groups in an account guard no store: their rules are out of scope, whatever has become of them.
    const isOutOfScope = responseRules?.every(({ group }) => !isAttached(group, stores));
    const { rules, problem } = isOutOfScope
      ? { rules: responseRules ?? [] }
      : await (responseRules ? rulesNow(responseRules, send) : rulesOfRequest(record, send));
    const found = await grantsOf(rules, stores, record.place, send);
    const nothing = "EC2 lists no ingress rule of the group any more";
    return { ...found, problem: found.problem ?? problem, nothing, ownRules: ownRules(record, rules) };
  },
};

/** The rules of an event. `problem` says why there may be more. */
interface FoundRules {
  readonly rules: readonly IngressRule[];
  readonly problem?: Error;
}

/** Returns the rules in the response; undefined when it does not show all of them completely, as in older records. */
function rulesInResponse(record: CloudTrailRecord): IngressRule[] | undefined {
  const { requestParameters, responseElements } = record;
  const requestedGroup = nameOf(requestParameters, "groupId");
  const rules = itemsOf(responseElements, "securityGroupRuleSet").map(readRule);
  const whole = rules.filter((rule) => rule?.source !== undefined && (requestedGroup ?? rule.group) === rule.group);
  const isCut = valuesOf(responseElements, "omitted").length > 0 || rules.length < requestedRules(record).length;
  return rules.length > 0 && whole.length === rules.length && !isCut ? (whole as IngressRule[]) : undefined;
}

/**
 * Returns the rules as they are now, because a rule may have been changed since a late event. Rules that are not listed come
 * last, because their revokes are retried.
 */
async function rulesNow(responseRules: readonly IngressRule[], send: SharingSend): Promise<FoundRules> {
  const rules = await rulesOfGroups(new Set(responseRules.map((each) => each.group)), send);
  const listed = new Map(rules.map((each) => [each.rule.id, each]));
  const found = responseRules.flatMap(({ rule }) => listed.get(rule.id) ?? []);
  return { rules: [...found, ...responseRules.filter(({ rule }) => !listed.has(rule.id))] };
}

/** Returns every rule of the groups that the event names. While EC2's reads may lag, the requested rules must be among them. */
async function rulesOfRequest(record: CloudTrailRecord, send: SharingSend): Promise<FoundRules> {
  const name = nameOf(record.requestParameters, "groupName");
  const ids = groupIds(record);
  if (ids.length === 0 && name === undefined) throw new EventError("The event names no security group that can be read");
  const groups = ids.length === 0 && name !== undefined ? await groupsNamed(name, send) : ids;
  const requestedOpenings = requestedRules(record).map(({ source, rule }) => openingOf(source, rule));
  const isCaughtUp = (rules: readonly IngressRule[]) => {
    if (isOlderThan(consistency.retried, record, send.deadline)) return true;
    const listed = new Set(rules.flatMap(({ source, rule }) => (source ? openingOf(source, rule) : [])));
    return requestedOpenings.every((opening) => listed.has(opening));
  };
  const rules = await reread(send, () => rulesOfGroups(groups, send), isCaughtUp);
  return isCaughtUp(rules) ? { rules } : { rules, problem: new EventError("EC2 does not list all rules of the event yet") };
}

/** Returns the ids of the rules that the call added: those in the response, or else those that fit the request. */
function ownRules(record: CloudTrailRecord, rules: readonly IngressRule[]): ReadonlySet<string> {
  const answered = itemsOf(record.responseElements, "securityGroupRuleSet").flatMap((item) => readRule(item)?.rule.id ?? []);
  if (answered.length > 0) return new Set(answered);
  const openings = new Set(requestedRules(record).map(({ source, rule }) => openingOf(source, rule)));
  const isRequested = ({ source, rule }: IngressRule) => source !== undefined && openings.has(openingOf(source, rule));
  return new Set(rules.filter(isRequested).flatMap(({ rule }) => rule.id ?? []));
}

/** Returns the id of the group in the request, or else the ids of the groups in the response. */
function groupIds({ requestParameters, responseElements }: CloudTrailRecord): string[] {
  const requested = nameOf(requestParameters, "groupId");
  const answered = itemsOf(responseElements, "securityGroupRuleSet").map((item) => nameOf(item, "groupId"));
  const ids = requested === undefined ? answered : [requested];
  return [...new Set(ids.filter(isGroupId))];
}
