import { DescribeManagedPrefixListsCommand, DescribeSecurityGroupsCommand, type ManagedPrefixList } from "@aws-sdk/client-ec2";
import { consistency, isOlderThan, reread } from "#aws/consistency.ts";
import { ec2 } from "#aws/ec2.ts";
import { pages } from "#aws/pages.ts";
import type { Send } from "#aws/send.ts";
import { type CloudTrailRecord, EventError } from "#cloudtrail/record.ts";
import type { EventReader } from "../event.ts";
import { grantsOf } from "./grants.ts";
import { editIn, type PrefixListEdit } from "./requested-edit.ts";
import { entriesOf, type IngressRule, rulesOfGroups } from "./rules.ts";
import { storesAt } from "./stores.ts";

/**
 * Reads the events of calls that change the entries of a prefix list. Returns every rule that refers to the list, in the groups of
 * stores, with the list's new entries. Its violations are only reported: one edit of a company's list must not cut every warehouse.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html
 */
export const event: EventReader = {
  claims(record) {
    const edit = editIn(record);
    return edit ? [{ kind: "edited", place: record.place, prefixList: edit.prefixList, added: edit.added }] : [];
  },

  async grants(record, sendTo) {
    const edit = editIn(record);
    if (!edit) throw new EventError(`The ${record.eventName} event names no prefix list that can be read`);
    const send = sendTo(record.place);
    const referring = await groupsReferringTo(edit.prefixList, send);
    if (referring.length === 0) return { grants: [], problem: undefined, nothing: `no ingress rule refers to ${edit.prefixList}` };
    const stores = await storesAt(send);
    const attached = new Set(stores.stores.flatMap(({ groups }) => groups));
    const groups = referring.filter((group) => attached.has(group));
    if (groups.length === 0) {
      const nothing = `no group with a rule that refers to ${edit.prefixList} is attached to a store`;
      return { grants: [], problem: stores.problem, nothing };
    }
    const entries = await newEntries(edit, record, send);
    const rules = (await rulesOfGroups(groups, send)).flatMap((each): IngressRule[] =>
      each.source?.kind === "prefixList" && each.source.prefixList === edit.prefixList
        ? [{ ...each, source: { ...each.source, entries } }]
        : [],
    );
    const reportOnly = `the entries of ${edit.prefixList} were edited, and an edit affects everything that uses the list; correct the list, or revoke the rule by its id with RevokeSecurityGroupIngress`;
    const nothing = `EC2 lists no rule that refers to ${edit.prefixList} any more`;
    return { ...(await grantsOf(rules, stores, record.place, send)), nothing, reportOnly };
  },
};

/** Returns the groups of the account with an ingress rule that refers to the list, which another account may own. Throws an AwsFailure. */
async function groupsReferringTo(prefixList: string, send: Send): Promise<readonly string[]> {
  const groups: string[] = [];
  const Filters = [{ Name: "ip-permission.prefix-list-id", Values: [prefixList] }];
  const ask = (NextToken?: string) =>
    send(ec2, new DescribeSecurityGroupsCommand({ Filters, NextToken, MaxResults: 1000 }), "SecurityGroups");
  for await (const { SecurityGroups } of pages(ask, "NextToken")) groups.push(...SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []));
  return groups;
}

/**
 * Returns the entries of the version that the edit made, or of a later one. Throws an EventError while the edit is in progress: until
 * then, EC2 shows the previous version. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html
 */
async function newEntries(edit: PrefixListEdit, record: CloudTrailRecord, send: Send): Promise<readonly string[]> {
  const { prefixList } = edit;
  const read = async () => {
    const { PrefixLists } = await send(ec2, new DescribeManagedPrefixListsCommand({ PrefixListIds: [prefixList] }), "PrefixLists");
    return PrefixLists[0] ?? {};
  };
  const isComplete = (list: ManagedPrefixList) => isCompleted(list, edit, record, send);
  const list = await reread(send, read, isComplete);
  if (isComplete(list)) return entriesOf(prefixList, send, list.Version);
  throw new EventError(`EC2 has not completed the edit of ${prefixList} yet: it shows version ${list.Version} in state ${list.State}`);
}

/** True when the list shows the edit. A failed edit makes no version, and may be the failure of an earlier one while reads lag. */
function isCompleted(
  { State, Version = 0 }: ManagedPrefixList,
  edit: PrefixListEdit,
  record: CloudTrailRecord,
  { deadline }: Send,
): boolean {
  if (!State || State.endsWith("-in-progress")) return false;
  if (edit.previousVersion === undefined || Version > edit.previousVersion) return true;
  return isOlderThan(State.endsWith("-failed") ? consistency.retried : consistency.settled, record, deadline);
}
