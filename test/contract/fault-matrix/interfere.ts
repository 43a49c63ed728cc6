import { setTimeout as sleep } from "node:timers/promises";
import type { RedshiftClient } from "@aws-sdk/client-redshift";
import { vi } from "vitest";
import { ec2 } from "#aws/ec2.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Scene } from "../../support/scene.ts";
import type { Kind } from "./kinds.ts";

/** Sees each call of the function's own clients just before it goes out, and may send it elsewhere. */
type Watch = (action: string) => ReturnType<Kind["meet"]> | undefined;

const watches = new Map<string, Watch>();

/** From now on the function's clients can be watched. The clients stay the real ones: a step is added before each request. */
export function watchClients(): void {
  for (const service of [ec2, elasticache, redshift, redshiftServerless]) {
    const make = service.client;
    vi.spyOn(service, "client").mockImplementation((config) => {
      const client = make(config);
      (client as unknown as RedshiftClient).middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            const met = watches.get(config.endpoint ?? "")?.((commandName ?? "").replace(/Command$/, ""));
            if (met && "hostname" in met) Object.assign(args.request as object, met);
            return next(args);
          },
        { step: "build", priority: "low" },
      );
      return client;
    });
  }
}

/** The calls that the function made while something was done, in order, and what that gave. */
export async function calling<Result>({ emulator }: Scene, work: () => Promise<Result>, fault?: Fault): Promise<Calling<Result>> {
  const actions: string[] = [];
  let met = 0;
  watches.set(emulator.url, (action) => {
    actions.push(action);
    const n = actions.length;
    if (!fault || n < fault.at || (n > fault.at && !fault.on)) return undefined;
    met += 1;
    const misbehaviour = fault.meet(action);
    if ("answer" in misbehaviour) emulator.fail({ action, ...misbehaviour });
    return misbehaviour;
  });
  try {
    return { result: await work(), actions, met };
  } finally {
    watches.delete(emulator.url);
    // What was given up a moment ago may be on its way still, and has to meet what it was to meet.
    if (fault?.on) await sleep(100);
    emulator.heal();
  }
}

/** What the call of this number meets, counted from 1, and with `on` every one after it. */
interface Fault extends Pick<Kind, "meet"> {
  readonly at: number;
  readonly on: boolean;
}

interface Calling<Result> {
  readonly result: Result;
  readonly actions: readonly string[];
  /** How many calls met the fault. */
  readonly met: number;
}
