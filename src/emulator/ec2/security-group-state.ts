import { newId, type Place, perPlace, perWorld, settlesAt, type World } from "../state.ts";
import type { Parameters, QueryError } from "../wire/query.ts";
import { type GroupReference, identityOf, type RuleForm, type RuleSource } from "./ip-permissions.ts";
import { openPrefixLists } from "./managed-prefix-lists.ts";
import { checkId, ec2Error } from "./operations.ts";
import { openVpcs } from "./vpcs.ts";

/** A rule, and what reads show of it until its last change settles. It says nothing when it is revoked, or was before it was made. */
export interface Rule {
  readonly id: string;
  readonly isEgress: boolean;
  readonly form: RuleForm | undefined;
  readonly earlier: RuleForm | undefined;
  readonly settlesAt: number;
}

/** A security group of a VPC. */
export interface VpcGroup {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly vpcId: string;
  readonly rules: Map<string, Rule>;
}

/** The security groups of one place: the first group of each VPC is its default one. */
interface VpcGroups {
  all(): readonly VpcGroup[];
  create(title: string, description: string, vpcId: string): VpcGroup;
  find(id: string): VpcGroup;
  /** A group of the default VPC: elsewhere, names name nothing. */
  named(title: string): VpcGroup;
  /** The group that a write is about, by GroupId or GroupName. */
  target(parameters: Parameters): VpcGroup;
  /** The same, made in the default VPC if missing things are made. */
  targetOrMade(parameters: Parameters): VpcGroup;
  defaultOf(vpcId: string): VpcGroup;
  /** Whom a rule of a request lets in. An owner who is not told is found by the group; of a group that nobody made, none is. */
  reference(pair: Parameters): GroupReference;
  /** Makes a rule, or changes or revokes the one of that identifier. Refuses nothing. */
  put(group: VpcGroup, form: RuleForm | undefined, id?: string): Rule;
}

/** Whose a group is, in all accounts: rules tell it of groups that requests name by their id alone. */
const owners = perWorld(() => new Map<string, Place>());

/** Opens the security groups of one place. */
export const openVpcGroups: (place: Place, world: World) => VpcGroups = perPlace((place, world) => {
  const { createMissing } = world.settings;
  const networks = openVpcs(place, world);
  const groups = new Map<string, VpcGroup>();

  const put = (group: VpcGroup, form: RuleForm | undefined, id = newId("sgr", world)): Rule => {
    const known = group.rules.get(id);
    const rule: Rule = { id, isEgress: false, form, earlier: known && seen(known), settlesAt: settlesAt(world) };
    group.rules.set(id, rule);
    return rule;
  };

  const add = (title: string, description: string, vpcId: string, id = newId("sg", world)): VpcGroup => {
    const group: VpcGroup = { id, title, description, vpcId, rules: new Map() };
    groups.set(id, group);
    owners(world).set(id, place);
    const begin = (isEgress: boolean, source: RuleSource): void => {
      const form = { ipProtocol: "-1", fromPort: -1, toPort: -1, source, description: undefined };
      const rule: Rule = { id: newId("sgr", world), isEgress, form, earlier: form, settlesAt: 0 };
      group.rules.set(rule.id, rule);
    };
    begin(true, { cidrIpv4: "0.0.0.0/0" });
    if (title === "default") begin(false, { group: { groupId: id, userId: place.account } });
    return group;
  };

  /** A VPC has its default group from the start; it is made when somebody looks. */
  const all = (): readonly VpcGroup[] => {
    for (const vpcId of networks.all.keys()) {
      const isThere = [...groups.values()].some((group) => group.vpcId === vpcId && group.title === "default");
      if (!isThere) add("default", "default VPC security group", vpcId);
    }
    return [...groups.values()];
  };

  const find = (id: string): VpcGroup => {
    checkId(id, "sg", "InvalidGroupId.Malformed");
    const group = groups.get(id) ?? all().find((other) => other.id === id);
    if (group !== undefined) return group;
    throw unknownGroup(id);
  };

  const findOrMade = (id: string): VpcGroup => {
    if (!createMissing || owners(world).has(checkId(id, "sg", "InvalidGroupId.Malformed"))) return find(id);
    return add(id, "Created by the emulator", networks.defaultId, id);
  };

  const named = (title: string): VpcGroup => {
    const group = all().find((other) => other.title === title && other.vpcId === networks.defaultId);
    if (group !== undefined) return group;
    throw ec2Error("InvalidGroup.NotFound", `The security group '${title}' does not exist in default VPC '${networks.defaultId}'`);
  };

  const namedOrMade = (title: string): VpcGroup => {
    if (!createMissing || all().some((group) => group.title === title && group.vpcId === networks.defaultId)) return named(title);
    return add(title, "Created by the emulator", networks.defaultId);
  };

  const targetBy =
    (byId: (id: string) => VpcGroup, byTitle: (title: string) => VpcGroup) =>
    (parameters: Parameters): VpcGroup => {
      const id = parameters.get("GroupId");
      const title = parameters.get("GroupName");
      if (id !== undefined && title !== undefined) {
        throw ec2Error("InvalidParameterCombination", "The parameter groupName cannot be used with the parameter groupId");
      }
      if (id !== undefined) return byId(id);
      if (title !== undefined) return byTitle(title);
      throw ec2Error("MissingParameter", "The request must contain the parameter groupName or groupId");
    };

  return {
    all,
    find,
    named,
    put,
    target: targetBy(find, named),
    targetOrMade: targetBy(findOrMade, namedOrMade),
    create(title, description, vpcId) {
      networks.find(vpcId);
      if (all().some((group) => group.vpcId === vpcId && group.title === title)) {
        throw ec2Error("InvalidGroup.Duplicate", `The security group '${title}' already exists for VPC '${vpcId}'`);
      }
      return add(title, description, vpcId);
    },
    defaultOf(vpcId) {
      const group = all().find((other) => other.vpcId === vpcId && other.title === "default");
      if (group !== undefined) return group;
      throw ec2Error("InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
    },
    reference(pair) {
      const userId = pair.get("UserId");
      const title = pair.get("GroupName");
      const given = pair.get("GroupId");
      if (given === undefined && title === undefined) throw ec2Error("MissingParameter", "The request must contain the parameter groupId");
      const groupId = given ?? namedOrMade(title ?? "").id;
      const more = { vpcId: pair.get("VpcId"), vpcPeeringConnectionId: pair.get("VpcPeeringConnectionId") };
      const owner = owners(world).get(checkId(groupId, "sg", "InvalidGroupId.Malformed"));
      if (owner?.region === place.region && (userId ?? owner.account) === owner.account) return { groupId, userId: owner.account, ...more };
      // What lies in an account that nobody has used yet cannot be looked up: it is taken to be there.
      const isElsewhere = userId === undefined ? createMissing && title === undefined : userId !== place.account;
      if (owner === undefined && isElsewhere) return { groupId, userId, ...more };
      if (owner?.account === place.account && isElsewhere) throw unknownGroup(groupId);
      findOrMade(groupId);
      return { groupId, userId: place.account, ...more };
    },
  };
});

function unknownGroup(id: string): QueryError {
  return ec2Error("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
}

/** What reads show of a rule. */
export function seen({ form, earlier, settlesAt }: Rule): RuleForm | undefined {
  return performance.now() < settlesAt ? earlier : form;
}

/** The ingress rules of a group as writes know them, with what they say. */
export function standing({ rules }: VpcGroup): readonly (readonly [Rule, RuleForm])[] {
  return [...rules.values()].flatMap((rule) => (rule.form === undefined || rule.isEgress ? [] : [[rule, rule.form] as const]));
}

/** The rule among them that says the same. */
export function sameRule(group: VpcGroup, form: RuleForm): Rule | undefined {
  const identity = identityOf(form);
  return standing(group).find(([, other]) => identityOf(other) === identity)?.[0];
}

/**
 * "60 inbound rules", counted for IPv4 and for IPv6 apart; a group counts for both, a prefix list with the entries it may have
 * (VPC guide, amazon-vpc-limits).
 */
export function refuseTooManyRules(group: VpcGroup, added: readonly RuleForm[], place: Place, world: World): void {
  const sizes = { IPv4: 0, IPv6: 0 };
  for (const { source } of [...standing(group).map(([, form]) => form), ...added]) {
    if ("prefixListId" in source) {
      const { family, maxEntries } = openPrefixLists(place, world).find(source.prefixListId, true);
      sizes[family] += maxEntries;
      continue;
    }
    if (!("cidrIpv6" in source)) sizes.IPv4 += 1;
    if (!("cidrIpv4" in source)) sizes.IPv6 += 1;
  }
  if (Math.max(sizes.IPv4, sizes.IPv6) <= 60) return;
  throw ec2Error("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");
}
