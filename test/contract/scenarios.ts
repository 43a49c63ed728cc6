import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import { calls } from "../support/attach-calls.ts";
import { authorize, type Case, cases, entriesOf, grantsOf } from "../support/authorizations.ts";
import { cutEventOf, type Envelope, eventOf, withDetail } from "../support/events.ts";
import { policyOf, type Scene, startScene } from "../support/scene.ts";
import { prefixList, ranges, sessions, startVpc, tcp } from "../support/vpc.ts";
import { changeEvent, vpcEvent } from "../support/vpc-events.ts";
import { permitFor } from "./bad-input.ts";

/** A scene with a violation and a permitted grant, and the event of the violation. */
export interface Ready {
  readonly scene: Scene;
  /** The statements of the policy. */
  readonly permit: readonly object[];
  readonly event: Envelope;
  /** The source of the violation, as text. */
  readonly violating: string;
  /** The listed entries, and those that must always stay listed. */
  readonly entries: () => Promise<readonly string[]>;
  readonly permitted: readonly string[];
}

/** A form of event in which a violation reaches the function. */
export interface Scenario {
  readonly eventName: string;
  readonly form: string;
  /** For an event that attaches groups: the action that lists its store, and whether only that shows the store's port. */
  readonly own?: { readonly list: string; readonly isPortListed: boolean };
  readonly start: () => Promise<Ready>;
}

const permit = [{ name: "office", ranges: ["203.0.113.0/24"] }];
const everyone = "0.0.0.0/0";

async function onResource(entry: Case, eventFor: (grant: Grant) => Envelope): Promise<Ready> {
  const [violation, permitted] = grantsOf(entry) as [Grant, Grant];
  const own = [permitFor(permitted)];
  const scene = await startScene({ policy: await policyOf({ mode: "enforce", permit: own }) });
  for (const grant of [violation, permitted]) await authorize(scene.emulator.url, entry, grant);
  return {
    scene,
    permit: own,
    event: eventFor(violation),
    violating: sourceText(violation.source),
    entries: () => entriesOf(scene.aws, entry, violation),
    permitted: [`${permitted.resource} ${sourceText(permitted.source)}`],
  };
}

async function withResponse(): Promise<Ready> {
  const scene = await startVpc({ permit });
  const event = await scene.open([ranges([everyone, "203.0.113.0/24"])]);
  return { scene, permit, event, violating: everyone, entries: scene.rules, permitted: ["203.0.113.0/24 tcp 6379-6379"] };
}

/** The event names the group by name and shows no rules; another rule of the group has a prefix list. */
async function byName(): Promise<Ready> {
  const scene = await startVpc({ permit, store: false });
  const PrefixListId = await prefixList(scene, ["203.0.113.1/32"]);
  // A group without a VPC is in the default VPC, where a name identifies it.
  const { GroupId = "" } = await scene.ec2.send(new CreateSecurityGroupCommand({ GroupName: "named", Description: "for tests" }));
  await scene.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [GroupId] }));
  const event = await scene.open([ranges([everyone]), tcp({ PrefixListIds: [{ PrefixListId }] })], GroupId);
  const { ipPermissions } = event.detail.requestParameters as { ipPermissions: unknown };
  return {
    scene,
    permit,
    event: withDetail(event, { requestParameters: { groupName: "named", ipPermissions }, responseElements: { _return: true } }),
    violating: everyone,
    entries: () => scene.rules(GroupId),
    permitted: [`${PrefixListId} tcp 6379-6379`],
  };
}

async function modified(): Promise<Ready> {
  const scene = await startVpc({ permit });
  await scene.open([ranges(["203.0.113.0/25", "203.0.113.0/24"])]);
  const [id] = await scene.ids();
  const change = [id, { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, CidrIpv4: everyone }] as const;
  await scene.change([change]);
  const event = changeEvent(scene.web, [change]);
  return { scene, permit, event, violating: everyone, entries: scene.rules, permitted: ["203.0.113.0/24 tcp 6379-6379"] };
}

async function attached({ eventName, service, port, request, response, make }: (typeof calls)[number]): Promise<Ready> {
  const scene = await startVpc({ permit, store: false });
  await scene.open([ranges([everyone, "203.0.113.0/24"], port)]);
  await make(scene, [scene.web]);
  const event = vpcEvent(eventName, request([scene.web]), response ?? null, service);
  return { scene, permit, event, violating: everyone, entries: scene.rules, permitted: [`203.0.113.0/24 tcp ${port}-${port}`] };
}

/** Every authorization, in each form of its event that causes different calls. */
export const scenarios: readonly Scenario[] = [
  ...cases.flatMap((entry) => [
    { eventName: entry.eventName, form: "complete", start: () => onResource(entry, eventOf) },
    { eventName: entry.eventName, form: "cut", start: () => onResource(entry, cutEventOf) },
  ]),
  { eventName: "AuthorizeSecurityGroupIngress", form: "with response", start: withResponse },
  { eventName: "AuthorizeSecurityGroupIngress", form: "by name", start: byName },
  { eventName: "ModifySecurityGroupRules", form: "changed", start: modified },
  ...calls.map((call) => {
    const own = { list: call.list, isPortListed: /^(Modify|Update)/.test(call.eventName) && !call.response };
    return { eventName: call.eventName, form: "attached", own, start: () => attached(call) };
  }),
];
