import { connect } from "#aws/connect.ts";
import type { Deadline } from "#aws/deadline.ts";
import { AwsFailure } from "#aws/failure.ts";
import { ownReads, type SharingSend } from "#aws/reads.ts";
import type { Send, SendCommand } from "#aws/send.ts";
import { accountId } from "#domain/account.ts";
import { type Place, partitionOf } from "#domain/place.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Identity, identityOf, type Role, roleCredentials } from "./sts.ts";

/** How long one request is tried, in milliseconds. */
const requestTime = 60_000;
/** The most requests in a second to one service of a place: the place's own programs need its limits, too. */
const perSecond = 10;

/** Requests so far, over all places, and those that AWS throttled. */
export interface Counts {
  requests: number;
  throttled: number;
}

/** A place whose account has been checked. */
export interface Reached {
  readonly send: SharingSend;
  /** Returns a function that sends to the place until a deadline. */
  sendUntil(deadline: Deadline): Send;
  close(): void;
}

/** Reaches places with the credentials of the environment, or with a role's. */
export interface Reach {
  /** The account of the environment's credentials. */
  readonly own: Identity;
  readonly counts: Counts;
  /** Connects to a place. Throws an AwsFailure, also when its credentials answer for another account. */
  to(place: Place): Promise<Reached>;
}

/** Finds out whose credentials the environment has. Throws a UsageError when AWS does not say. */
export async function createReach(role: Role | undefined, homeRegion: string, clock: () => number): Promise<Reach> {
  const counts = { requests: 0, throttled: 0 };
  const anywhere = accountId("000000000000");
  if (!anywhere) throw new TypeError("An account id has 12 digits");
  const home: Place = { partition: partitionOf(homeRegion), account: anywhere, region: homeRegion };
  const aws = connect({ counts });
  const sendHome = () => aws.sender(home, { clock, time: clock() + requestTime });
  const own = await identityOf(sendHome()).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`AWS does not say whose credentials these are (${why}): sign in, or set AWS_PROFILE`, { cause });
  });
  const credentialsFor = role && roleCredentials(role, sendHome, clock);

  return {
    own,
    counts,
    async to(place) {
      const isOwn = place.account === own.account;
      if (!isOwn && !credentialsFor) throw new TypeError("Another account is reached by a role");
      // Asked for here as well, because the SDK would hide why a role cannot be assumed.
      if (!isOwn) await credentialsFor?.(place);
      const connection = connect({
        counts,
        perSecond,
        ...(!isOwn && credentialsFor && { credentials: () => () => credentialsFor(place) }),
      });
      const send = patient((deadline) => connection.sender(place, deadline), clock);
      try {
        const identity = await identityOf(send);
        if (identity.account !== place.account || identity.partition !== place.partition)
          throw new AwsFailure(new WrongAccount(`the credentials for ${place.account} are those of ${identity.account}`), 1, "refused");
      } catch (failure) {
        connection.destroy();
        throw failure;
      }
      const reads = ownReads(() => send)(0, place);
      const sendUntil = (deadline: Deadline) => connection.sender(place, deadline);
      return { send: Object.assign(send, reads), sendUntil, close: () => connection.destroy() };
    },
  };
}

/** A role that answers for another account than the one that was asked for. */
class WrongAccount extends Error {
  override readonly name = "WrongAccount";
}

/** Returns a function that sends each command until a deadline of its own. */
function patient(sender: (deadline: Deadline) => Send, clock: () => number): Send {
  const sendOne: SendCommand = (service, command, key, final) =>
    sender({ clock, time: clock() + requestTime })(service, command, key, final);
  return Object.assign(sendOne, { deadline: { clock, time: Number.MAX_SAFE_INTEGER } });
}
