/** A security group as the source of a rule, and its owner. Reads do not state the owner of a deleted group (page API_UserIdGroupPair). */
export interface GroupReference {
  readonly groupId: string;
  readonly userId: string | undefined;
  readonly vpcId?: string | undefined;
  readonly vpcPeeringConnectionId?: string | undefined;
}

/** The source of a rule, or the destination of an egress rule. Ranges are canonical. */
export type RuleSource =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly prefixListId: string }
  | { readonly group: GroupReference };

/** A protocol and its ports, which are -1 if the protocol has none. */
export interface RulePorts {
  readonly ipProtocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** The content of a rule. */
export interface RuleForm extends RulePorts {
  readonly source: RuleSource;
  readonly description: string | undefined;
}

/** A key that two rules share if they are the same to EC2: everything but the description. */
export function identityOf({ ipProtocol, fromPort, toPort, source }: RuleForm): string {
  const from = "group" in source ? [source.group.groupId, source.group.userId] : Object.entries(source);
  return JSON.stringify([ipProtocol, fromPort, toPort, from]);
}
