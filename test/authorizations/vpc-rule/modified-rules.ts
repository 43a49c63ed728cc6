import { ranges, startVpc, type Vpc } from "../../support/vpc.ts";
import type { Change } from "../../support/vpc-events.ts";

/** A statement that permits one range. */
export const office: object = { name: "office", ranges: ["203.0.113.0/24"] };

/** The form of a rule for an IPv4 range, as a change names it. */
export function form(CidrIpv4: string, FromPort = 6379, ToPort: number = FromPort): Form {
  return { IpProtocol: "tcp", FromPort, ToPort, CidrIpv4 };
}

type Form = NonNullable<Change[1]>;
export const open: Form = form("0.0.0.0/0");

/** A network with one permitted rule for each range, and the ids of the rules. */
export async function compliant(
  texts: readonly string[] = ["203.0.113.0/24"],
  options: Parameters<typeof startVpc>[0] = {},
): Promise<{ readonly vpc: Vpc; readonly ids: readonly string[] }> {
  const vpc = await startVpc({ permit: [office], ...options });
  await vpc.open([ranges(texts)]);
  return { vpc, ids: await vpc.ids() };
}
