import { AuthorizeSecurityGroupIngressCommand, ModifySecurityGroupRulesCommand, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import type { Revocable } from "#authorizations/authorization.ts";
import { ec2 } from "#aws/ec2.ts";
import type { Send } from "#aws/send.ts";
import type { Grant } from "#domain/grant.ts";

/** What a rule is made with in the emulator. */
export interface RuleContext {
  readonly authorization: Revocable;
  readonly send: Send;
}

/** Creates a rule. Returns it in the SDK's form, with its new id. Throws an AwsFailure. */
export async function addRule(grant: Grant, context: RuleContext): Promise<readonly SecurityGroupRule[]> {
  const { GroupId, IpPermissions, ...tags } = parametersOf(grant, context);
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [...IpPermissions], ...tags });
  return (await context.send(ec2, command, "SecurityGroupRules")).SecurityGroupRules;
}

/** Changes the rule that has the grant's id; the emulator creates it first. Throws an AwsFailure. */
export async function changeRule(grant: Grant, context: RuleContext): Promise<void> {
  const { rule, resource: GroupId } = grant;
  const [{ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs } = {}] = parametersOf(
    grant,
    context,
  ).IpPermissions;
  const SecurityGroupRule = {
    IpProtocol,
    FromPort,
    ToPort,
    CidrIpv4: IpRanges?.[0]?.CidrIp,
    CidrIpv6: Ipv6Ranges?.[0]?.CidrIpv6,
    PrefixListId: PrefixListIds?.[0]?.PrefixListId,
    ReferencedGroupId: UserIdGroupPairs?.[0]?.GroupId,
    Description: rule?.description,
  };
  const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.id, SecurityGroupRule }];
  await context.send(ec2, new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }), "Return");
}

/** Returns the parameters of the call that creates a rule: those of its undo. */
function parametersOf(grant: Grant, { authorization }: RuleContext): Parameters {
  return authorization.undo(grant).input as object as Parameters;
}

interface Parameters {
  readonly GroupId: string;
  readonly IpPermissions: readonly Permission[];
}

interface Permission {
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: { CidrIp: string }[];
  readonly Ipv6Ranges?: { CidrIpv6: string }[];
  readonly PrefixListIds?: { PrefixListId: string }[];
  readonly UserIdGroupPairs?: { GroupId: string; UserId?: string }[];
}
