import type { Place } from "#domain/place.ts";
import type { Clock, Deadline } from "./deadline.ts";
import { isThrottling, NoAnswer } from "./failure.ts";
import { createPace, type Pace } from "./pace.ts";
import { type Client, type ClientConfig, persist, type Send, type SendCommand, type Service } from "./send.ts";

/** A connection to AWS, with one SDK client for each service and place. */
export interface Aws {
  /** Returns a function that sends commands to a place until a deadline. */
  sender(place: Place, deadline: Deadline): Send;
  /** Closes the clients' connections. */
  destroy(): void;
}

/** What a connection is not to take from the environment's settings. */
interface Connection extends Pick<Send, "isConsistent"> {
  readonly endpoint?: string;
  /** Returns the credentials for a place, or undefined for those of the environment. */
  readonly credentials?: (place: Place) => ClientConfig["credentials"] | undefined;
  /** The most requests in a second to one service in a place. Absent: requests wait only while AWS throttles their action. */
  readonly perSecond?: number;
  /** Counts every attempt, and those that AWS throttled. */
  readonly counts?: { requests: number; throttled: number };
}

/** Connects to AWS with the environment's settings, or with the given endpoint and the given credentials for each place. */
export function connect(options: Connection = {}): Aws {
  const clients = new Map<string, Client>();
  const paces = new Map<string, Map<unknown, Pace>>();

  function clientFor({ name, client }: Service, place: Place): Client {
    // The environment's credentials are the same for every account, so they share a client.
    const key = `${name} ${options.credentials ? place.account : ""} ${place.region}`;
    const existing = clients.get(key);
    if (existing) return existing;
    const credentials = options.credentials?.(place);
    const created = client({
      region: place.region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 2_000 },
      ...(options.endpoint && { endpoint: options.endpoint }),
      ...(credentials && { credentials }),
    });
    clients.set(key, created);
    return created;
  }

  /** Each account has limits of its own for each action in each Region. */
  function paceOf(service: string, action: unknown, { account, region }: Place, clock: Clock): Pace {
    const { perSecond } = options;
    const key = `${account} ${region}`;
    const paced = perSecond === undefined ? action : service;
    const ofPlace = paces.get(key) ?? new Map<unknown, Pace>();
    paces.set(key, ofPlace);
    const pace = ofPlace.get(paced) ?? createPace(clock, perSecond && 1_000 / perSecond);
    ofPlace.set(paced, pace);
    return pace;
  }

  return {
    sender(place, deadline) {
      const send: SendCommand = (service, command, key, final) => {
        const pace = paceOf(service.name, command.constructor, place, deadline.clock);
        const attempt = async (abortSignal: AbortSignal) => {
          const turn = await pace.turn(abortSignal).catch((cause: unknown) => {
            throw new NoAnswer("AWS was not called: it throttles this action, and no time was left to wait", { cause });
          });
          if (options.counts) options.counts.requests++;
          try {
            const answer = (await clientFor(service, place).send(command as never, { abortSignal })) as Awaited<ReturnType<Send>>;
            pace.adapt(turn);
            if (isEmpty((answer as Record<PropertyKey, unknown>)[key])) throw new NoAnswer(`The response has no ${String(key)}`);
            return answer as never;
          } catch (error) {
            pace.adapt(turn, error);
            if (options.counts && isThrottling(error)) options.counts.throttled++;
            throw error;
          }
        };
        return persist(deadline, attempt, final);
      };
      return Object.assign(send, { deadline, isConsistent: options.isConsistent });
    },
    destroy() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** True for null, undefined and an object without members, which a cut or foreign response leaves. An empty list is valid. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (!Array.isArray(value) && typeof value === "object" && Object.keys(value).length === 0);
}
