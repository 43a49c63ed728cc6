import {
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
} from "@aws-sdk/client-ec2";
import type { Grant } from "#domain/grant.ts";
import { parseRange } from "#domain/range.ts";
import type { Source } from "#domain/source.ts";
import { authorize, caseOf } from "../support/authorizations.ts";
import { type Envelope, eventOf } from "../support/events.ts";
import { home, id, resourceOf } from "../support/grants.ts";
import { authorizeEvent, type Change, changeEvent, later, withoutRules } from "../support/vpc-events.ts";
import { type GeneratedAccount, type GeneratedGrant, type GeneratedRule, groupCount, strangers } from "./generated-accounts.ts";
import { type Clients, makeStore } from "./generated-stores.ts";

/** An account that was made: the ids of its groups and prefix lists, and the events of the calls that granted something. */
export interface MadeAccount {
  readonly groups: readonly string[];
  readonly lists: readonly string[];
  readonly events: readonly Envelope[];
}

/** The groups of other accounts to which rules refer. No one here can describe them. */
const [foreignGroup, unknownGroup] = ["sg-0f00000000000000f", "sg-0e00000000000000e"];

/** Makes a generated account of an emulator that has nothing yet. */
export async function make(plan: GeneratedAccount, clients: Clients): Promise<MadeAccount> {
  const { ec2 } = clients;
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId;
  const { SubnetId } = (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet ?? {};
  const groups: string[] = [];
  for (let n = 0; n < groupCount; n++) {
    const group = await ec2.send(new CreateSecurityGroupCommand({ GroupName: `group ${n}`, Description: "for tests", VpcId }));
    groups.push(group.GroupId ?? "");
  }
  const lists: string[] = [];
  for (const entries of plan.lists) {
    const list = { PrefixListName: "list", MaxEntries: 5, AddressFamily: "IPv4", Entries: entries.map((Cidr) => ({ Cidr })) };
    lists.push((await ec2.send(new CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId ?? "");
  }
  const groupsOf = (indexes: readonly number[]) => indexes.map((n) => groups[n] ?? "");
  const attaching: Envelope[] = [];
  for (const store of plan.stores) attaching.push(await makeStore(store, groupsOf(store.groups), clients));
  for (const { group, isAttached } of plan.servers) {
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: groupsOf([group]) }));
    const { NetworkInterfaceId } = NetworkInterface ?? {};
    const attachment = { NetworkInterfaceId, InstanceId: "i-0123456789abcdef0", DeviceIndex: 1 };
    if (isAttached) await ec2.send(new AttachNetworkInterfaceCommand(attachment));
  }
  const opened = await openAll(plan.rules, { ec2, groups, lists });
  const events = [...(plan.isAttachedLater ? attaching : opened), ...(await grantAll(plan.grants, clients))];
  return { groups, lists, events: events.map((event) => later(event)) };
}

interface Network extends Pick<MadeAccount, "groups" | "lists"> {
  readonly ec2: Clients["ec2"];
}

/** Adds the rules, those of a group and form in one call. Returns the events. */
async function openAll(rules: readonly GeneratedRule[], network: Network): Promise<readonly Envelope[]> {
  const { ec2, groups } = network;
  const events: Envelope[] = [];
  for (const [index, GroupId] of groups.entries())
    for (const form of ["response", "request", "modify"]) {
      const own = rules.filter((each) => each.group === index && each.form === form);
      if (own.length === 0) continue;
      const wanted = own.map((each) => permissionOf(each, network));
      const IpPermissions = form === "modify" ? wanted.map(onAnotherPort) : wanted;
      const response = await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      const event = authorizeEvent(GroupId, IpPermissions, response);
      if (form !== "modify") {
        events.push(form === "response" ? event : withoutRules(event));
        continue;
      }
      const changes = (response.SecurityGroupRules ?? []).map(
        ({ SecurityGroupRuleId }, n): Change => [SecurityGroupRuleId, formOf(wanted[n] ?? {})],
      );
      const SecurityGroupRules = changes.map(([SecurityGroupRuleId, SecurityGroupRule]) => ({ SecurityGroupRuleId, SecurityGroupRule }));
      await ec2.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
      events.push(changeEvent(GroupId, changes));
    }
  return events;
}

/** The permission before its ports were changed: EC2 does not change the kind of a source. */
function onAnotherPort(permission: IpPermission, n: number): IpPermission {
  return { ...permission, IpProtocol: "tcp", FromPort: 1 + n, ToPort: 1 + n };
}

function permissionOf({ source, ports: [IpProtocol, FromPort, ToPort] }: GeneratedRule, { groups, lists }: Network): IpPermission {
  const ports = { IpProtocol, ...(FromPort !== undefined && { FromPort, ToPort }) };
  switch (source.kind) {
    case "range":
      return {
        ...ports,
        ...(source.range.includes(":") ? { Ipv6Ranges: [{ CidrIpv6: source.range }] } : { IpRanges: [{ CidrIp: source.range }] }),
      };
    case "prefixList":
      return { ...ports, PrefixListIds: [{ PrefixListId: lists[source.index] }] };
    case "ownGroup":
      return { ...ports, UserIdGroupPairs: [{ GroupId: groups[source.index] }] };
    case "foreignGroup":
      return { ...ports, UserIdGroupPairs: [{ GroupId: foreignGroup, UserId: strangers[0] }] };
    case "unknownGroup":
      return { ...ports, UserIdGroupPairs: [{ GroupId: unknownGroup }] };
  }
}

/** The form of a permission with one source that ModifySecurityGroupRules takes. */
function formOf({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds }: IpPermission): Change[1] {
  const [range, range6, list] = [IpRanges?.[0]?.CidrIp, Ipv6Ranges?.[0]?.CidrIpv6, PrefixListIds?.[0]?.PrefixListId];
  const source = { ...(range && { CidrIpv4: range }), ...(range6 && { CidrIpv6: range6 }), ...(list && { PrefixListId: list }) };
  return { IpProtocol, FromPort, ToPort, ...source };
}

/** Gives each grant. Returns the events. */
async function grantAll(grants: readonly GeneratedGrant[], { emulator }: Clients): Promise<readonly Envelope[]> {
  const events: Envelope[] = [];
  for (const { authorization, resource, to } of grants) {
    const entry = caseOf(authorization);
    const source = sourceOf(entry.sources, to);
    const grant: Grant = { place: home, service: entry.service, authorization, resource: resourceOf(authorization, resource), source };
    await authorize(emulator.url, entry, grant);
    events.push(eventOf(grant));
  }
  return events;
}

function sourceOf(kinds: readonly Source["kind"][], to: string): Source {
  if (parseRange(to)) return { kind: "range", range: to };
  if (kinds.includes("securityGroup"))
    return { kind: "securityGroup", owner: to === "self" ? home.account : id(to), securityGroup: "default" };
  const owner = to === "ADX" || to === "amazon-redshift-support" ? to : id(to.replace("DataCatalog/", ""));
  return { kind: "account", owner, ...(to.startsWith("DataCatalog/") && { consumerIdentifier: to }) };
}
