import { CreateSecurityGroupCommand, ModifyManagedPrefixListCommand } from "@aws-sdk/client-ec2";
import type { Claim } from "#authorizations/event.ts";
import { groupsNamed, readRule } from "#authorizations/vpc-rule/rules.ts";
import { ec2 } from "#aws/ec2.ts";
import type { Send } from "#aws/send.ts";
import { itemsOf, member } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import type { KnownRules } from "./known-rules.ts";
import { attach } from "./sandbox-attach.ts";
import { addRule, changeRule, type RuleContext } from "./sandbox-rule.ts";
import { standBehind } from "./sandbox-stand-ins.ts";
import type { StandIns } from "./stand-ins.ts";

/** What the rules of an event are made with. */
interface RulesContext extends RuleContext {
  readonly known: KnownRules;
  readonly standIns: StandIns;
}

/** The rules that were made for an event. */
export interface MadeRules {
  /** The event, with the ids of the rules that were made. */
  readonly event: unknown;
  /** The ids that events show, by the ids of the rules that were made. */
  readonly ownIds: ReadonlyMap<string, string>;
  /** The groups behind which stores were assumed. */
  readonly assumed: readonly string[];
  /** The groups that the event attaches, by whether earlier events of the run have shown rules of them. */
  readonly known: readonly string[];
  readonly unknown: readonly string[];
}

/** Creates the rules, groups and stores of a record's claims. Throws an AwsFailure. */
export async function makeRules(
  event: unknown,
  record: CloudTrailRecord,
  claims: readonly Claim[],
  context: RulesContext,
): Promise<MadeRules> {
  const { send, standIns, known } = context;
  const granted = claims.flatMap((claim) => (claim.kind === "granted" ? claim.grant : []));
  const shownIds = itemsOf(record.responseElements, "securityGroupRuleSet").map((item) => readRule(item)?.rule.id);
  const idOf = (index: number) => (shownIds.length === granted.length ? shownIds[index] : undefined);
  for (const [n, grant] of granted.entries()) known.add(withId(grant, idOf(n)));

  const ownIds = new Map<string, string>();
  const add = async (grant: Grant, ownId: string | undefined) => {
    const rules = await addRule(grant, context);
    for (const { SecurityGroupRuleId } of rules) if (ownId !== undefined && SecurityGroupRuleId) ownIds.set(SecurityGroupRuleId, ownId);
    return rules;
  };
  const attached: Grant[] = [];
  for (const claim of claims) if (claim.kind === "attached") attached.push(...(await attach(claim, record, context)));
  for (const grant of attached) await add(grant, grant.rule?.id);
  const edits = claims.filter((claim) => claim.kind === "edited");
  const names = [...granted.map(({ resource }) => resource), ...edits.map(() => groupOfList)];
  const groups = new Map<string, readonly string[]>();
  for (const name of names) if (!groups.has(name)) groups.set(name, await groupsOrNew(name, send));
  // A rule matters only if its group is attached to a store, which its event does not name.
  const assumedIds = await standBehind([...new Set([...groups.values()].flat())], standIns, send);

  const added: object[] = [];
  for (const [n, grant] of granted.entries())
    for (const resource of groups.get(grant.resource) ?? []) {
      if (grant.rule?.id === undefined) added.push(...(await add({ ...grant, resource }, idOf(n))));
      else await changeRule({ ...grant, resource }, context);
    }
  for (const edit of edits) {
    for (const resource of groups.get(groupOfList) ?? []) await add(ruleFor(edit, resource), undefined);
    await editList(edit, send);
  }
  const toAttach = claims.flatMap((claim) => (claim.kind === "attached" ? claim.groups : []));
  const isKnown = (group: string) => attached.some(({ resource }) => resource === group);
  return {
    event: shownIds.length > 0 && added.length > 0 ? withRules(event, added) : event,
    ownIds,
    assumed: [...groups].flatMap(([name, ids]) => (ids.some((id) => assumedIds.includes(id)) ? name : [])),
    known: toAttach.filter(isKnown),
    unknown: toAttach.filter((group) => !isKnown(group)),
  };
}

function withId(grant: Grant, id: string | undefined): Grant {
  return id === undefined ? grant : { ...grant, rule: { protocol: "-1", ...grant.rule, id } };
}

type Edited = Claim & { readonly kind: "edited" };

/** The name of the group that replay assumes for an edited prefix list. */
export const groupOfList = "replayed-group";

/** Returns a rule of a group, which refers to the list with all protocols. The emulator creates the list. */
function ruleFor({ place, prefixList }: Edited, resource: string): Grant {
  const source = { kind: "prefixList", prefixList, entries: [] } as const;
  return { place, service: "ec2", authorization: "AuthorizeSecurityGroupIngress", resource, source, rule: { protocol: "-1" } };
}

/** Adds the entries that the event shows to the list, which has no others: the event does not show them. */
async function editList({ prefixList, added }: Edited, send: Send): Promise<void> {
  const edit = async (change: object) =>
    send(ec2, new ModifyManagedPrefixListCommand({ PrefixListId: prefixList, ...change }), "PrefixList");
  await edit({ MaxEntries: Math.max(added.length, 1) });
  if (added.length > 0) await edit({ AddEntries: added.map((Cidr) => ({ Cidr })) });
}

/** Returns the ids of a group. An event may show only the group's name. Throws an AwsFailure. */
export async function groupsOf(group: string, send: Send): Promise<readonly string[]> {
  return group.startsWith("sg-") ? [group] : groupsNamed(group, send);
}

/** Does the same, but creates a group that is named and missing. The emulator creates a group by its id in the first call about it. */
async function groupsOrNew(group: string, send: Send): Promise<readonly string[]> {
  const groups = await groupsOf(group, send);
  if (groups.length > 0) return groups;
  const { GroupId } = await send(ec2, new CreateSecurityGroupCommand({ GroupName: group, Description: "replayed" }), "GroupId");
  return [GroupId];
}

/** Returns the event with the created rules in its response, because their ids differ from the event's. */
function withRules(event: unknown, rules: readonly object[]): unknown {
  const detail = Object(member(event, "detail"));
  return { ...Object(event), detail: { ...detail, responseElements: { _return: true, securityGroupRuleSet: { items: rules } } } };
}
