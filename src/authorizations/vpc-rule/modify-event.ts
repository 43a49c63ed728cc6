import { type CloudTrailRecord, EventError, isGroupId, isSettled, member, nameOf, valuesOf } from "#cloudtrail/record.ts";
import { type Grant, type Source, sameSource } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Authorization, Found, Send } from "../authorization.ts";
import { reread } from "../define.ts";
import { ruleActions } from "./authorization.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { describedRules, type IngressRule, portOf, readRule } from "./rules.ts";
import { storesAt } from "./stores.ts";

/**
 * EC2 changes rules of a VPC security group in place: a compliant rule can become an open one.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export const authorization: Authorization = {
  ...ruleActions,

  note: "what the rule was before it was changed is not known: the undo gives its changed form again, under a new id",

  async find(record, sendTo) {
    const send = sendTo(record.place);
    const { group, changes, complete } = changesIn(record);
    if (group === undefined) throw new EventError("The ModifySecurityGroupRules names no group that can be read");
    const settled = isSettled(record);
    const [listed, stores] = await Promise.all([listedRules(group, changes, send, settled), storesAt(send)]);
    // For a while a read may still show the rule as it was, or the event what it no longer is: a violation by either is one.
    const forms = changes.flatMap((change): IngressRule[] => {
      const { id, source, protocol } = change;
      if (listed.others.has(id)) return [];
      const now = listed.rules.find(({ rule }) => rule.id === id);
      if (now && (settled || shows(now, change))) return [now];
      const rule = { protocol: "-1", ...now?.rule, id, ...change.ports, ...(protocol && { protocol }) };
      const changed = {
        group,
        rule,
        source: source && now?.source && isSameGroup(source, now.source) ? now.source : (source ?? now?.source),
      };
      return now ? [changed, now] : changed.source ? [changed] : [];
    });
    const found = await grantsOf(complete ? forms : [...forms, ...listed.rules], stores, record.place, send);
    if (settled) return found;
    const known = withoutStrangers(found, listed.rules);
    // A minute later, when Lambda tries again, what is not listed was taken away since.
    const isUnseen = ({ id, source }: Change) => !source && !listed.others.has(id) && !listed.rules.some(({ rule }) => rule.id === id);
    const unseen = isSettled(record, 60_000) ? undefined : changes.find(isUnseen);
    if (!unseen || known.problem) return known;
    return { ...known, problem: new EventError(`EC2 does not list ${unseen.id} yet, and its change does not name whom it lets in`) };
  },

  told: (record) =>
    changesIn(record).changes.flatMap(({ group, id, ports, source, protocol = "-1" }): Grant[] => {
      const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, resource: group, stores: [] };
      return source ? [{ ...grant, source, rule: { id, protocol, ...ports } }] : [];
    }),
};

/** A rule as the event says that it now is; what the change leaves out, such as the source when only ports change, is undefined. */
interface Change {
  readonly group: string;
  readonly id: string;
  readonly protocol: string | undefined;
  readonly ports: ReturnType<typeof changedPorts>;
  readonly source: Source | undefined;
}

/** `complete` is false when something in the request could not be read: then every rule of the group counts. */
function changesIn({ requestParameters }: CloudTrailRecord): { group: string | undefined; changes: Change[]; complete: boolean } {
  const request = valuesOf(requestParameters, "ModifySecurityGroupRulesRequest")[0] ?? requestParameters;
  const named = nameOf(request, "groupId");
  if (!isGroupId(named)) return { group: undefined, changes: [], complete: false };
  // One rule is an object; several were never seen, so a list in either of CloudTrail's forms is read.
  const items = valuesOf(request, "securityGroupRule").flatMap((change) => member(change, "items") ?? change);
  const changes = items.flat().flatMap((change) => {
    const id = nameOf(change, "securityGroupRuleId");
    const [form] = valuesOf(change, "securityGroupRule");
    return id === undefined
      ? []
      : [{ group: named, id, protocol: nameOf(form, "ipProtocol"), ports: changedPorts(form), source: sourceOf(form) }];
  });
  const isCut = [requestParameters, request].some((bag) => valuesOf(bag, "omitted").length > 0);
  return { group: named, changes, complete: !isCut && changes.length > 0 && changes.length === items.flat().length };
}

/** The ports that a change names: one of them, both or none. */
function changedPorts(form: unknown): { fromPort?: number; toPort?: number } {
  const [fromPort, toPort] = [portOf(form, "fromPort"), portOf(form, "toPort")];
  return { ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }) };
}

/** A referenced group's owner never stands in the event, so such a source is asked for. */
function sourceOf(form: unknown): Source | undefined {
  const [range] = [...valuesOf(form, "cidrIpv4"), ...valuesOf(form, "cidrIpv6")];
  if (typeof range === "string" && parseRange(range)) return { kind: "range", range };
  const prefixList = nameOf(form, "prefixListId");
  if (prefixList !== undefined) return { kind: "prefixList", prefixList, entries: [] };
  const securityGroup = nameOf(form, "referencedGroupId");
  return securityGroup === undefined ? undefined : { kind: "securityGroup", owner: "unknown", securityGroup };
}

/** Only a list says whose a referenced group is, so one that no list shows yet may be permitted: it is left to the next try. */
function withoutStrangers({ grants, problem }: Found, listed: readonly IngressRule[]): Found {
  const isListed = ({ source, rule }: Grant) =>
    listed.some((each) => each.rule.id === rule?.id && each.source && isSameGroup(each.source, source));
  const judged = grants.filter((grant) => grant.source.kind !== "securityGroup" || grant.source.owner !== "unknown" || isListed(grant));
  if (judged.length === grants.length) return { grants, ...(problem && { problem }) };
  return {
    grants: judged,
    problem: problem ?? new EventError("EC2 does not list yet whose the security group is that a rule was changed to"),
  };
}

interface Listed {
  readonly rules: readonly IngressRule[];
  /** The ids of rules that let nobody in. */
  readonly others: ReadonlySet<string>;
}

/** The group's rules as EC2 lists them. One that is not found yet, or not yet as it was changed, is asked for again unless all is settled. */
function listedRules(group: string, changes: readonly Change[], send: Send, settled: boolean): Promise<Listed> {
  const list = async () => {
    const rules: IngressRule[] = [];
    const others = new Set<string>();
    for await (const each of describedRules(send, group)) {
      const rule = readRule(each);
      if (rule) rules.push(rule);
      else others.add(nameOf(each, "securityGroupRuleId") ?? "");
    }
    return { rules, others };
  };
  const isCaughtUp = ({ rules, others }: Listed) =>
    settled || changes.every((change) => others.has(change.id) || rules.some((rule) => rule.rule.id === change.id && shows(rule, change)));
  return reread(send, list, isCaughtUp);
}

/** True when a listed rule is as the change made it. Whose a group is stands in the list only. */
function shows({ rule, source }: IngressRule, { ports, protocol = rule.protocol, source: changed }: Change): boolean {
  const { fromPort = rule.fromPort, toPort = rule.toPort } = ports;
  if (rule.protocol !== protocol.toLowerCase() || rule.fromPort !== fromPort || rule.toPort !== toPort) return false;
  if (!changed) return true;
  return source !== undefined && (isSameGroup(changed, source) || sameSource(changed, source));
}

function isSameGroup(a: Source, b: Source): boolean {
  return a.kind === "securityGroup" && b.kind === "securityGroup" && a.securityGroup === b.securityGroup;
}
