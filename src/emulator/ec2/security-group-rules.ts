import { arnOf, type Family } from "../state.ts";
import { ec2 } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, invalidValue, list, type Parameters, type QueryError, structures, text } from "../wire/query.ts";
import {
  describeGroupReference,
  describePermissions,
  type GroupReference,
  identityOf,
  type References,
  type RuleForm,
  readPermissions,
} from "./ip-permissions.ts";
import { openPrefixLists } from "./managed-prefix-lists.ts";
import { checkId, ec2Error, ec2Operations, ec2Paging, filterOf, needed, refuseNamedPages } from "./operations.ts";
import { modified } from "./rule-updates.ts";
import { openVpcGroups, type Rule, refuseTooManyRules, sameRule, seen, standing, type VpcGroup } from "./security-group-state.ts";
import { openVpcs } from "./vpcs.ts";

/** EC2's security group rules: pages API_AuthorizeSecurityGroupIngress, API_ModifySecurityGroupRules and their neighbours. */
export const vpcSecurityGroupRules: Family = {
  api: ec2,
  open(place, world) {
    const groups = openVpcGroups(place, world);
    const networks = openVpcs(place, world);
    const { settings } = world;
    const references: References = {
      group: groups.reference,
      prefixList: (id) => openPrefixLists(place, world).find(id, settings.createMissing).name,
    };

    /** Page API_SecurityGroupRule. */
    const describe = (group: VpcGroup, { id, isEgress }: Rule, form: RuleForm): Element => [
      "item",
      [
        ["securityGroupRuleId", id],
        ["securityGroupRuleArn", arnOf("ec2", place, `security-group-rule/${id}`)],
        ["groupId", group.id],
        ["groupOwnerId", place.account],
        ["isEgress", isEgress],
        ...describeForm(form, (reference) => [["referencedGroupInfo", describeGroupReference(reference)]]),
        ["tagSet", []],
      ],
    ];

    /** Revokes rules that are there, as page API_RevokedSecurityGroupRule tells of them. */
    const revoke = (group: VpcGroup, rules: readonly (readonly [Rule, RuleForm])[]): Element[] =>
      rules.map(([{ id, isEgress }, form]) => {
        groups.put(group, undefined, id);
        const told = describeForm(form, ({ groupId }) => [["referencedGroupId", groupId]]);
        return ["item", [["securityGroupRuleId", id], ["groupId", group.id], ["isEgress", isEgress], ...told]];
      });

    /**
     * Revokes by rule id, or by what the rules say. "In a default VPC" unknown permissions come back with a success; elsewhere one unknown
     * permission is a refusal and no rule is revoked (page API_RevokeSecurityGroupIngress).
     */
    const revokeIngress = (parameters: Parameters): readonly Element[] => {
      const group = groups.target(parameters);
      const ids = list(parameters, "SecurityGroupRuleId");
      if (ids.length > 0) {
        // That identifiers and permissions do not go together is not documented.
        if ([...parameters.keys()].some((name) => /^(IpPermissions|IpProtocol|CidrIp|Source)/.test(name))) {
          throw ec2Error("InvalidParameterCombination", "The parameter securityGroupRuleIds cannot be used with permissions");
        }
        const rules = ids.map((id) => ruleOf(group, id));
        return [
          ["return", true],
          ["revokedSecurityGroupRuleSet", revoke(group, rules)],
        ];
      }
      const asked = readPermissions(parameters, references);
      const unknown = asked.filter((form) => sameRule(group, form) === undefined);
      if (unknown.length > 0 && group.vpcId !== networks.defaultId) {
        throw ec2Error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      }
      const wanted = new Set(asked.map(identityOf));
      const rules = standing(group).filter(([, form]) => wanted.has(identityOf(form)));
      const revoked: Element = ["revokedSecurityGroupRuleSet", revoke(group, rules)];
      return [
        ["return", true],
        ...(unknown.length > 0 ? [["unknownIpPermissionSet", describePermissions(unknown)] as const] : []),
        revoked,
      ];
    };

    /** All or nothing. "The same permission must not appear multiple times" in one request; it may not be there either. */
    const authorizeIngress = (parameters: Parameters): readonly Element[] => {
      const group = groups.targetOrMade(parameters);
      const forms = readPermissions(parameters, references);
      if (new Set(forms.map(identityOf)).size < forms.length) throw invalidValue("The same permission must not appear multiple times");
      for (const form of forms) if (sameRule(group, form) !== undefined) throw duplicate(form);
      refuseTooManyRules(group, forms, place, world);
      const rules = forms.map((form) => describe(group, groups.put(group, form), form));
      return [
        ["return", true],
        ["securityGroupRuleSet", rules],
      ];
    };

    /** The rule that an update is about; with `createMissing` one that nobody has is made, in the form that it is to have. */
    const ruleToModify = (group: VpcGroup, id: string, update: Parameters): RuleForm => {
      const isMissing = settings.createMissing && !group.rules.has(id);
      if (isMissing) groups.put(group, modified(undefined, update, references), checkRuleId(id));
      return ruleOf(group, id)[1];
    };

    const modifyRules = (parameters: Parameters): readonly Element[] => {
      const group = groups.targetOrMade(new Map([["GroupId", needed(parameters, "GroupId")]]));
      const updates = structures(parameters, "SecurityGroupRule").map((update) => {
        const id = needed(update, "SecurityGroupRuleId");
        const prefix = "SecurityGroupRule.";
        const own = [...update]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, value]) => [name.slice(prefix.length), value] as const);
        return { id, form: modified(ruleToModify(group, id, new Map(own)), new Map(own), references) };
      });
      if (updates.length === 0) throw ec2Error("MissingParameter", "The request must contain the parameter SecurityGroupRule");
      for (const { id, form } of updates) {
        const same = sameRule(group, form);
        if (same !== undefined && same.id !== id) throw duplicate(form);
      }
      for (const { id, form } of updates) groups.put(group, form, id);
      return [["return", true]];
    };

    const describeRules = (parameters: Parameters): readonly Element[] => {
      const ids = list(parameters, "SecurityGroupRuleId");
      refuseNamedPages(parameters, ids, "securityGroupRuleIds");
      const all = groups.all().flatMap((group) =>
        [...group.rules.values()].flatMap((rule) => {
          const form = seen(rule);
          return form === undefined ? [] : [{ name: rule.id, group, rule, form }];
        }),
      );
      const filterValues = new Map([
        ["group-id", ({ group }: (typeof all)[number]) => [group.id]],
        ["security-group-rule-id", ({ rule }: (typeof all)[number]) => [rule.id]],
      ]);
      const fits = filterOf<(typeof all)[number]>(parameters, filterValues);
      const named = ids.map((id) => {
        const found = all.find(({ name }) => name === checkRuleId(id));
        if (found === undefined) throw unknownRule(id);
        return found;
      });
      const found = (ids.length > 0 ? named : all).filter(fits);
      const { items, marker } = ids.length > 0 ? { items: found, marker: [] } : pageOf(found, parameters, settings, ec2Paging(5, 1000));
      return [["securityGroupRuleSet", items.map(({ group, rule, form }) => describe(group, rule, form))], ...marker];
    };

    return ec2Operations([
      ["AuthorizeSecurityGroupIngress", authorizeIngress],
      ["RevokeSecurityGroupIngress", revokeIngress],
      ["ModifySecurityGroupRules", modifyRules],
      ["DescribeSecurityGroupRules", describeRules],
    ]);
  },
};

function checkRuleId(id: string): string {
  return checkId(id, "sgr", "InvalidSecurityGroupRuleId.Malformed");
}

function unknownRule(id: string): QueryError {
  return ec2Error("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`);
}

function duplicate({ ipProtocol, fromPort, toPort, source }: RuleForm): QueryError {
  const peer = "group" in source ? source.group.groupId : Object.values(source).join();
  const rule = `peer: ${peer}, ${ipProtocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
  return ec2Error("InvalidPermission.Duplicate", `the specified rule "${rule}" already exists`);
}

/** An ingress rule of the group, as writes know it. A rule that lets out is as unknown to them as one of another group: taken to be so. */
function ruleOf(group: VpcGroup, id: string): readonly [Rule, RuleForm] {
  const found = standing(group).find(([rule]) => rule.id === checkRuleId(id));
  if (found === undefined) throw unknownRule(id);
  return found;
}

function describeForm(
  { ipProtocol, fromPort, toPort, source, description }: RuleForm,
  describeGroup: (reference: GroupReference) => readonly Element[],
): readonly Element[] {
  return [
    ["ipProtocol", ipProtocol],
    ["fromPort", fromPort],
    ["toPort", toPort],
    ...("group" in source ? describeGroup(source.group) : Object.entries(source).map(([name, value]) => [name, value] as const)),
    ...text("description", description),
  ];
}
