import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsFailure } from "#aws/failure.ts";
import type { Credentials, Send, Service } from "#aws/send.ts";
import { type AccountId, accountId } from "#domain/account.ts";
import { printable } from "#domain/text.ts";

const sts: Service = { name: "sts", client: (config) => new STSClient(config) };

/** Who calls: the account and the partition of its ARN. */
export interface Identity {
  readonly account: AccountId;
  readonly partition: string;
}

/**
 * Returns who calls AWS, as the place that `send` sends to sees it. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function identityOf(send: Send): Promise<Identity> {
  const { Account, Arn = "" } = await send(sts, new GetCallerIdentityCommand({}), "Account");
  const account = accountId(Account);
  const [, partition = ""] = Arn.split(":");
  if (!account) throw new AwsFailure(new Error(`STS names no account: ${printable(Account, 40)}`), 1, "refused");
  return { account, partition };
}

/** The role that is assumed in other accounts. */
export interface Role {
  readonly name: string;
  readonly externalId: string | undefined;
}

/** How long before they expire credentials are replaced, in milliseconds: a little before the SDK asks for others. */
const renewal = 6 * 60_000;

/**
 * Returns a function that returns the credentials of a role in an account, which are asked for once until they are about to expire. `sendHome`
 * sends with the caller's own credentials. The function throws an AwsFailure that names the role.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function roleCredentials({ name, externalId }: Role, sendHome: () => Send, clock: () => number): RoleCredentials {
  const sessions = new Map<string, Promise<Credentials>>();

  async function assume({ partition, account }: Identity): Promise<Credentials> {
    const RoleArn = `arn:${partition}:iam::${account}:role/${name}`;
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: "ingress-warden", ExternalId: externalId });
    try {
      const { Credentials: session } = await sendHome()(sts, command, "Credentials");
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration = new Date(0) } = session;
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
    } catch (failure) {
      if (!(failure instanceof AwsFailure)) throw failure;
      throw failure.as(failure.meaning, `${RoleArn} cannot be assumed: ${failure.message}`);
    }
  }

  return async (identity) => {
    const known = sessions.get(identity.account);
    const session = await known?.catch(() => undefined);
    if (known && session && Number(session.expiration) - clock() > renewal) return session;
    // Another place of the account may have asked meanwhile.
    const latest = sessions.get(identity.account);
    if (latest && latest !== known) return latest;
    const asked = assume(identity);
    sessions.set(identity.account, asked);
    return asked;
  };
}

/** Returns the credentials of a role in an account. Throws an AwsFailure. */
export type RoleCredentials = (identity: Identity) => Promise<Credentials>;
