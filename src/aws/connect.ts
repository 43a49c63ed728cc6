import type { Place } from "#domain/place.ts";
import type { Deadline } from "./deadline.ts";
import { NoAnswer } from "./failure.ts";
import { type Client, type ClientConfig, persist, type Send, type SendCommand, type Service } from "./send.ts";

/** Makes clients, one for each service and place, and sends through them. */
export interface Aws {
  /** Gives a function that sends commands to a place until a deadline. */
  sender(place: Place, deadline: Deadline): Send;
  destroy(): void;
}

/** Connects to AWS with the environment's settings; `endpoint` and the credentials of each place replace them. */
export function connect(
  options: { endpoint?: string; credentials?: (place: Place) => NonNullable<ClientConfig["credentials"]> } = {},
): Aws {
  const clients = new Map<string, Client>();

  function clientFor({ name, client }: Service, place: Place): Client {
    // The environment's credentials are the same for every account, so they share a client.
    const key = `${name} ${options.credentials ? place.account : ""} ${place.region}`;
    const known = clients.get(key);
    if (known) return known;
    const made = client({
      region: place.region,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 2_000 },
      ...(options.endpoint && { endpoint: options.endpoint }),
      ...(options.credentials && { credentials: options.credentials(place) }),
    });
    clients.set(key, made);
    return made;
  }

  return {
    sender(place, deadline) {
      const send: SendCommand = (service, command, key, final) =>
        persist(
          deadline,
          async (abortSignal) => {
            const answer = (await clientFor(service, place).send(command as never, { abortSignal })) as Awaited<ReturnType<Send>>;
            if (isEmpty((answer as Record<PropertyKey, unknown>)[key])) throw new NoAnswer(`The answer has no ${String(key)}`);
            return answer as never;
          },
          final,
        );
      return Object.assign(send, { deadline });
    },
    destroy() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** True for what a cut or foreign answer leaves: nothing, or an object without members. An empty list is an answer. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (!Array.isArray(value) && typeof value === "object" && Object.keys(value).length === 0);
}
