import { consistency, isOlderThan, reread } from "#aws/consistency.ts";
import type { Send } from "#aws/send.ts";
import { nameOf } from "#cloudtrail/fields.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { sameSource } from "#domain/source.ts";
import type { EventReader } from "../event.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { isSameGroup, type RequestedChange, requestedChanges } from "./requested-changes.ts";
import { describedRules, type IngressRule, readRule } from "./rules.ts";
import { storesAt } from "./stores.ts";

/**
 * EC2 changes rules of a VPC security group in place: a compliant rule can become an open one.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export const event: EventReader = {
  undoNote: "the rule's form before the change is unknown: the undo gives the changed form again, under a new id",

  claims(record) {
    const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, stores: [] };
    return requestedChanges(record).changes.flatMap(({ group, id, ports, source, protocol = "-1" }) =>
      source ? [{ kind: "granted", grant: { ...grant, resource: group, source, rule: { id, protocol, ...ports } } }] : [],
    );
  },

  async grants(record, sendTo) {
    const { group, changes, complete } = requestedChanges(record);
    if (group === undefined) throw new EventError("The ModifySecurityGroupRules names no group that can be read");
    const send = sendTo(record.place);
    const isSettled = isOlderThan(consistency.settled, record, send.deadline);
    const [listed, stores] = await Promise.all([listRules(group, changes, send, isSettled), storesAt(send)]);
    const forms = changes.flatMap((change) => rulesNow(change, listed, isSettled));
    const found = await grantsOf(complete ? forms : [...forms, ...listed.rules], stores, record.place, send);
    if (isSettled) return found;
    const unlisted = found.grants.filter((grant) => isOwnerUnknown(grant, listed));
    const grants = found.grants.filter((grant) => !unlisted.includes(grant));
    return { grants, problem: found.problem ?? unlistedGroup(unlisted) ?? unlistedRule(record, changes, listed, send) };
  },
};

/** A group's rules as EC2 lists them, and the ids of its egress rules, which grant no access. */
interface Listed {
  readonly rules: readonly IngressRule[];
  readonly egress: ReadonlySet<string>;
}

/** Lists the group's rules; until all is settled, again while a changed rule is missing or is not yet as it was changed. */
function listRules(group: string, changes: readonly RequestedChange[], send: Send, isSettled: boolean): Promise<Listed> {
  const list = async () => {
    const rules: IngressRule[] = [];
    const egress = new Set<string>();
    for await (const each of describedRules(send, group)) {
      const rule = readRule(each);
      if (rule) rules.push(rule);
      else egress.add(nameOf(each, "securityGroupRuleId") ?? "");
    }
    return { rules, egress };
  };
  return reread(send, list, (listed) => isSettled || changes.every((change) => isListedAsChanged(change, listed)));
}

/**
 * The forms in which a changed rule is judged: as it is listed, once that shows the change or all is settled. Before, the
 * list may show it as it was, or the event as it no longer is, so both forms count.
 */
function rulesNow(change: RequestedChange, listed: Listed, isSettled: boolean): IngressRule[] {
  const { id, source, protocol, ports, group } = change;
  if (listed.egress.has(id)) return [];
  const now = ruleOf(change, listed);
  if (now && (isSettled || shows(now, change))) return [now];
  const rule = { protocol: "-1", ...now?.rule, id, ...ports, ...(protocol && { protocol }) };
  // Only the list says whose a group is.
  const isSame = source !== undefined && now?.source !== undefined && isSameGroup(source, now.source);
  const changed = { group, rule, source: isSame ? now.source : (source ?? now?.source) };
  if (now) return [changed, now];
  return changed.source ? [changed] : [];
}

function ruleOf({ id }: RequestedChange, { rules }: Listed): IngressRule | undefined {
  return rules.find(({ rule }) => rule.id === id);
}

function isListedAsChanged(change: RequestedChange, listed: Listed): boolean {
  const now = ruleOf(change, listed);
  return listed.egress.has(change.id) || (now !== undefined && shows(now, change));
}

/** True when a listed rule is as the change made it. Only the list says whose a group is. */
function shows({ rule, source }: IngressRule, { ports, protocol = rule.protocol, source: changed }: RequestedChange): boolean {
  const { fromPort = rule.fromPort, toPort = rule.toPort } = ports;
  if (rule.protocol !== protocol.toLowerCase() || rule.fromPort !== fromPort || rule.toPort !== toPort) return false;
  if (!changed) return true;
  return source !== undefined && (isSameGroup(changed, source) || sameSource(changed, source));
}

/** True for a group that the event names and no list shows: it may be permitted, so it is left to the next try. */
function isOwnerUnknown({ source, rule }: Grant, { rules }: Listed): boolean {
  if (source.kind !== "securityGroup" || source.owner !== "unknown") return false;
  return !rules.some((each) => each.rule.id === rule?.id && each.source && isSameGroup(each.source, source));
}

function unlistedGroup(unlisted: readonly Grant[]): EventError | undefined {
  if (unlisted.length === 0) return undefined;
  return new EventError("EC2 does not list yet whose the security group is that a rule was changed to");
}

/** A rule that EC2 does not list and whose change names no source. Once Lambda has retried, such a rule was removed. */
function unlistedRule(
  record: CloudTrailRecord,
  changes: readonly RequestedChange[],
  listed: Listed,
  { deadline }: Send,
): EventError | undefined {
  if (isOlderThan(consistency.retried, record, deadline)) return undefined;
  const unlisted = changes.find((change) => !change.source && !listed.egress.has(change.id) && !ruleOf(change, listed));
  return unlisted && new EventError(`EC2 does not list ${unlisted.id} yet, and its change does not name the source`);
}
