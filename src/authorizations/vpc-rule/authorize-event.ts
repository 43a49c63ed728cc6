import { consistency, isOlderThan, reread } from "#aws/consistency.ts";
import type { Send } from "#aws/send.ts";
import { itemsOf, nameOf, valuesOf } from "#cloudtrail/fields.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { isGroupId } from "#domain/source.ts";
import type { EventReader } from "../event.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { openingOf, requestedRules } from "./requested-rules.ts";
import { groupsNamed, type IngressRule, readRule, rulesOfGroups } from "./rules.ts";
import { storesAt } from "./stores.ts";

/** Reads the event of AuthorizeSecurityGroupIngress: its response shows the rules with their ids, in older records only its request does. */
export const event: EventReader = {
  claims(record) {
    const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, stores: [] };
    const [named = nameOf(record.requestParameters, "groupName")] = groupIds(record);
    const rules = rulesInResponse(record) ?? requestedRules(record).map((each) => ({ ...each, group: named }));
    return rules.flatMap(({ group, rule: { id, ...rule }, source }): { kind: "granted"; grant: Grant }[] =>
      group !== undefined && source ? [{ kind: "granted", grant: { ...grant, resource: group, source, rule } }] : [],
    );
  },

  async grants(record, sendTo) {
    const send = sendTo(record.place);
    const shown = rulesInResponse(record);
    const [{ rules, problem }, stores] = await Promise.all([shown ? rulesNow(shown, send) : rulesOfRequest(record, send), storesAt(send)]);
    const found = await grantsOf(rules, stores, record.place, send);
    return { grants: found.grants, problem: found.problem ?? problem };
  },
};

/** The rules of an event, and why there may be more. */
interface Read {
  readonly rules: readonly IngressRule[];
  readonly problem?: Error;
}

/** The rules that the call made, by its response; undefined when the response does not show them whole, as older ones do not. */
function rulesInResponse(record: CloudTrailRecord): IngressRule[] | undefined {
  const { requestParameters, responseElements } = record;
  const requestedGroup = nameOf(requestParameters, "groupId");
  const rules = itemsOf(responseElements, "securityGroupRuleSet").map(readRule);
  const whole = rules.filter((rule) => rule?.source !== undefined && (requestedGroup ?? rule.group) === rule.group);
  const isCut = valuesOf(responseElements, "omitted").length > 0 || rules.length < requestedRules(record).length;
  return rules.length > 0 && whole.length === rules.length && !isCut ? (whole as IngressRule[]) : undefined;
}

/**
 * The rules as they are now: a late event must not judge a rule as it was before it was changed. Those that are not listed
 * come last, as it takes time to be sure of them.
 */
async function rulesNow(shown: readonly IngressRule[], send: Send): Promise<Read> {
  const rules = await rulesOfGroups(new Set(shown.map((each) => each.group)), send);
  const listed = new Map(rules.map((each) => [each.rule.id, each]));
  const found = shown.flatMap(({ rule }) => listed.get(rule.id) ?? []);
  return { rules: [...found, ...shown.filter(({ rule }) => !listed.has(rule.id))] };
}

/** Every rule of the groups that the event names. For a while the requested rules must be among them: EC2's reads may lag behind. */
async function rulesOfRequest(record: CloudTrailRecord, send: Send): Promise<Read> {
  const name = nameOf(record.requestParameters, "groupName");
  const ids = groupIds(record);
  if (ids.length === 0 && name === undefined) throw new EventError("The event names no security group that can be read");
  const groups = ids.length === 0 && name !== undefined ? await groupsNamed(name, send) : ids;
  const wanted = requestedRules(record).map(({ source, rule }) => openingOf(source, rule));
  const isCaughtUp = (rules: readonly IngressRule[]) => {
    if (isOlderThan(consistency.retried, record, send.deadline)) return true;
    const listed = new Set(rules.flatMap(({ source, rule }) => (source ? openingOf(source, rule) : [])));
    return wanted.every((opening) => listed.has(opening));
  };
  const rules = await reread(send, () => rulesOfGroups(groups, send), isCaughtUp);
  return isCaughtUp(rules) ? { rules } : { rules, problem: new EventError("EC2 does not list all the rules of the event yet") };
}

/** The group that the request names, or the groups that the response shows. */
function groupIds({ requestParameters, responseElements }: CloudTrailRecord): string[] {
  const requested = nameOf(requestParameters, "groupId");
  const shown = itemsOf(responseElements, "securityGroupRuleSet").map((item) => nameOf(item, "groupId"));
  const named = requested === undefined ? shown : [requested];
  return [...new Set(named.filter(isGroupId))];
}
