import { type CloudTrailRecord, EventError, isGroupId, isSettled, itemsOf, nameOf, valuesOf } from "#cloudtrail/record.ts";
import { accountId } from "#domain/account.ts";
import type { Grant, Rule, Source } from "#domain/grant.ts";
import { formatRange, network, parseRange } from "#domain/range.ts";
import type { Authorization, Send } from "../authorization.ts";
import { reread } from "../define.ts";
import { ruleActions } from "./authorization.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { groupsNamed, type IngressRule, ingressRules, portsOf, readRule } from "./rules.ts";
import { storesAt } from "./stores.ts";

/**
 * EC2 opens ports of whatever a VPC security group stands before, to ranges, groups or prefix lists.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export const authorization: Authorization = {
  ...ruleActions,

  async find(record, sendTo) {
    const send = sendTo(record.place);
    const answered = answeredRules(record);
    const [{ rules, problem }, stores] = await Promise.all([
      answered ? asTheyAre(answered, send) : listedRules(record, send),
      storesAt(send),
    ]);
    const found = await grantsOf(rules, stores, record.place, send);
    return problem && !found.problem ? { ...found, problem } : found;
  },

  told(record) {
    const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, stores: [] };
    const [named = nameOf(record.requestParameters, "groupName")] = groupIds(record);
    const rules = answeredRules(record) ?? asked(record).map((each) => ({ ...each, group: named }));
    return rules.flatMap(({ group, rule, source }): Grant[] =>
      group !== undefined && source ? [{ ...grant, resource: group, source, rule: { ...rule, id: "" } }] : [],
    );
  },
};

/** The rules of an event, and why there may be more. */
interface Read {
  readonly rules: readonly IngressRule[];
  readonly problem?: Error;
}

/** The rules that the call made, by its answer; undefined for an answer that does not show them whole, as older ones do not. */
function answeredRules(record: CloudTrailRecord): IngressRule[] | undefined {
  const { requestParameters, responseElements } = record;
  const asksFor = nameOf(requestParameters, "groupId");
  const rules = itemsOf(responseElements, "securityGroupRuleSet").map(readRule);
  const whole = rules.filter((rule) => rule?.source !== undefined && (asksFor ?? rule.group) === rule.group);
  const isCut = valuesOf(responseElements, "omitted").length > 0 || rules.length < asked(record).length;
  return rules.length > 0 && whole.length === rules.length && !isCut ? (whole as IngressRule[]) : undefined;
}

/**
 * A rule that is listed under its id in another form was changed since it was made: a late event must not judge what it
 * was. Those that are not listed come last, as it takes time to be sure of them.
 */
async function asTheyAre(answered: readonly IngressRule[], send: Send): Promise<Read> {
  const listed = new Map<string, IngressRule>();
  for (const group of new Set(answered.map((each) => each.group)))
    for await (const each of ingressRules(send, group)) listed.set(each.rule.id, each);
  const standing = answered.flatMap(({ rule }) => listed.get(rule.id) ?? []);
  return { rules: [...standing, ...answered.filter(({ rule }) => !listed.has(rule.id))] };
}

/** Every rule of the groups that the event names. What it asked for has to be among them for a while: EC2's reads may lag behind. */
async function listedRules(record: CloudTrailRecord, send: Send): Promise<Read> {
  const name = nameOf(record.requestParameters, "groupName");
  const ids = groupIds(record);
  const groups = ids.length === 0 && name !== undefined ? await groupsNamed(name, send) : ids;
  if (ids.length === 0 && name === undefined) throw new EventError("The event names no security group that can be read");
  const wanted = asked(record).map(({ source, rule }) => openingOf(source, rule));
  const list = async () => {
    const rules: IngressRule[] = [];
    for (const group of groups) for await (const rule of ingressRules(send, group)) rules.push(rule);
    return rules;
  };
  const isCaughtUp = (rules: readonly IngressRule[]) => {
    // A minute later, when Lambda tries again, what is not listed was taken away since.
    if (isSettled(record, 60_000)) return true;
    const listed = new Set(rules.flatMap(({ source, rule }) => (source ? openingOf(source, rule) : [])));
    return wanted.every((opening) => listed.has(opening));
  };
  const rules = await reread(send, list, isCaughtUp);
  return isCaughtUp(rules) ? { rules } : { rules, problem: new EventError("EC2 does not list all the rules of the event yet") };
}

/** What a rule opens to whom, equal for the same network however written. The request does not say whose a group is. */
function openingOf(source: Source, { fromPort, toPort }: Rule): string {
  const range = source.kind === "range" ? parseRange(source.range) : undefined;
  const whom = range ? formatRange(network(range)) : { ...source, owner: "", entries: [] };
  return JSON.stringify([whom, fromPort, toPort]);
}

/** The group that the request names, or those that its answer does. */
function groupIds({ requestParameters, responseElements }: CloudTrailRecord): string[] {
  const asksFor = nameOf(requestParameters, "groupId");
  const answered = itemsOf(responseElements, "securityGroupRuleSet").map((item) => nameOf(item, "groupId"));
  const named = asksFor === undefined ? answered : [asksFor];
  return [...new Set(named.filter(isGroupId))];
}

/** What the request asked for, in its structured and in its flat shape; a group's owner stands in neither. */
function asked({ requestParameters }: CloudTrailRecord): { readonly source: Source; readonly rule: Rule }[] {
  const permissions = itemsOf(requestParameters, "ipPermissions");
  return [requestParameters, ...permissions].flatMap((permission) => {
    const protocol = nameOf(permission, "ipProtocol") ?? "-1";
    const rule = { id: "", protocol, ...(protocol !== "-1" && portsOf(permission)) };
    const sources = [
      ...[permission, ...itemsOf(permission, "ipRanges"), ...itemsOf(permission, "ipv6Ranges")].flatMap(rangeIn),
      ...itemsOf(permission, "prefixListIds").flatMap((item): Source[] => {
        const prefixList = nameOf(item, "prefixListId");
        return prefixList === undefined ? [] : [{ kind: "prefixList", prefixList, entries: [] }];
      }),
      ...itemsOf(permission, "groups").flatMap((item): Source[] => {
        const securityGroup = nameOf(item, "groupId");
        const owner = accountId(nameOf(item, "userId") ?? "") ?? "unknown";
        return securityGroup === undefined ? [] : [{ kind: "securityGroup", owner, securityGroup }];
      }),
    ];
    return sources.map((source) => ({ source, rule }));
  });
}

function rangeIn(bag: unknown): Source[] {
  const texts = ["cidrIp", "cidrIpv6"].flatMap((key) => valuesOf(bag, key));
  return texts.flatMap((range) => (typeof range === "string" && parseRange(range) ? [{ kind: "range", range }] : []));
}
