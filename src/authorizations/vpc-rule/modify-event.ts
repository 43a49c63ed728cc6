import { consistency, isOlderThan, reread } from "#aws/consistency.ts";
import type { SharingSend } from "#aws/reads.ts";
import { nameOf } from "#cloudtrail/fields.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { sameSource } from "#domain/source.ts";
import type { EventReader } from "../event.ts";
import { authorizeIngress, grantsOf } from "./grants.ts";
import { isSameGroup, type RequestedChange, requestedChanges } from "./requested-changes.ts";
import { descriptionOf, everyRuleOf, type IngressRule, readRule } from "./rules.ts";
import { isAttached, storesAt } from "./stores.ts";

/**
 * Reads the event of ModifySecurityGroupRules, which changes rules in place, so that a permitted rule can become a violation.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export const event: EventReader = {
  undoNote: "the rule before the change is unknown: the undo creates the changed rule again, with a new id",

  claims(record) {
    const grant = { place: record.place, service: "ec2", authorization: authorizeIngress, stores: [] };
    return requestedChanges(record).changes.flatMap((change) => {
      const { group, id, ports, source, protocol = "-1" } = change;
      const rule = { id, protocol, ...ports, ...descriptionOf(change) };
      return source ? [{ kind: "granted", grant: { ...grant, resource: group, source, rule } }] : [];
    });
  },

  async grants(record, sendTo) {
    const { group, changes, complete } = requestedChanges(record);
    if (group === undefined) throw new EventError("The ModifySecurityGroupRules event names no group that can be read");
    const send = sendTo(record.place);
    const stores = await storesAt(send);
    // The rules of a group that guards no store are out of scope, whatever has become of them.
    const isSettled = isOlderThan(consistency.settled, record, send.deadline) || !isAttached(group, stores);
    const listed = await listRules(group, changes, send, isSettled);
    const forms = changes.flatMap((change) => rulesNow(change, listed, isSettled));
    const judged = await grantsOf(complete ? forms : [...forms, ...listed.rules], stores, record.place, send);
    const isEgress = complete && changes.every(({ id }) => listed.egress.has(id));
    const nothing = isEgress ? "the call changed only egress rules" : "EC2 does not list the changed rules any more";
    const found = { ...judged, nothing, ownRules: new Set(changes.filter(opens).map(({ id }) => id)) };
    if (isSettled) return found;
    const unlisted = found.grants.filter((grant) => isOwnerUnknown(grant, listed));
    const grants = found.grants.filter((grant) => !unlisted.includes(grant));
    return { ...found, grants, problem: found.problem ?? unlistedGroup(unlisted) ?? unlistedRule(record, changes, listed, send) };
  },
};

/** True when a change may let someone in: a change of the description alone does not. */
function opens({ source, protocol, ports }: RequestedChange): boolean {
  return source !== undefined || protocol !== undefined || Object.keys(ports).length > 0;
}

/** A group's ingress rules as EC2 lists them, and the ids of its egress rules, which grant no access. */
interface Listed {
  readonly rules: readonly IngressRule[];
  readonly egress: ReadonlySet<string>;
}

/** Lists the group's rules. Until the event is settled, lists them again while a changed rule is missing or does not show its change. */
function listRules(group: string, changes: readonly RequestedChange[], send: SharingSend, isSettled: boolean): Promise<Listed> {
  const list = async () => {
    const rules: IngressRule[] = [];
    const egress = new Set<string>();
    for (const each of await everyRuleOf([group], send)) {
      const rule = readRule(each);
      if (rule) rules.push(rule);
      else egress.add(nameOf(each, "securityGroupRuleId") ?? "");
    }
    return { rules, egress };
  };
  return reread(send, list, (listed) => isSettled || changes.every((change) => isListedAsChanged(change, listed)));
}

/**
 * Returns the forms in which a changed rule is judged: as listed, once the list shows the change or the event is settled. Before
 * that, either the list or the event may be out of date, so both forms are judged.
 */
function rulesNow(change: RequestedChange, listed: Listed, isSettled: boolean): IngressRule[] {
  const { id, source, protocol, ports, group } = change;
  if (listed.egress.has(id)) return [];
  const now = ruleOf(change, listed);
  if (now && (isSettled || shows(now, change))) return [now];
  const rule = { protocol: "-1", ...now?.rule, id, ...ports, ...(protocol && { protocol }), ...descriptionOf(change) };
  // Only the list shows the owner of a group.
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

/** True when a listed rule shows the change. The owner of a group is not compared, because the event does not show it. */
function shows({ rule, source }: IngressRule, { ports, protocol = rule.protocol, source: changed }: RequestedChange): boolean {
  const { fromPort = rule.fromPort, toPort = rule.toPort } = ports;
  if (rule.protocol !== protocol.toLowerCase() || rule.fromPort !== fromPort || rule.toPort !== toPort) return false;
  if (!changed) return true;
  return source !== undefined && (isSameGroup(changed, source) || sameSource(changed, source));
}

/** True for a group that the event names and the list does not show yet. It may be permitted, so the event must be retried. */
function isOwnerUnknown({ source, rule }: Grant, { rules }: Listed): boolean {
  if (source.kind !== "securityGroup" || source.owner !== "unknown") return false;
  return !rules.some((each) => each.rule.id === rule?.id && each.source && isSameGroup(each.source, source));
}

function unlistedGroup(unlisted: readonly Grant[]): EventError | undefined {
  if (unlisted.length === 0) return undefined;
  return new EventError("A rule was changed to a security group whose owner EC2 does not list yet");
}

/** Returns the problem of a rule that EC2 does not list and whose change names no source. After Lambda's retry, such a rule was removed. */
function unlistedRule(
  record: CloudTrailRecord,
  changes: readonly RequestedChange[],
  listed: Listed,
  { deadline }: Pick<SharingSend, "deadline">,
): EventError | undefined {
  if (isOlderThan(consistency.retried, record, deadline)) return undefined;
  const unlisted = changes.find((change) => !change.source && !listed.egress.has(change.id) && !ruleOf(change, listed));
  return unlisted && new EventError(`EC2 does not list ${unlisted.id} yet, and its change does not name the source`);
}
