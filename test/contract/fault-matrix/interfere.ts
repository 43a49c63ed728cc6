import { setTimeout as sleep } from "node:timers/promises";
import type { RedshiftClient } from "@aws-sdk/client-redshift";
import { vi } from "vitest";
import { ec2 } from "#aws/ec2.ts";
import { elasticache } from "#aws/elasticache.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Scene } from "../../support/scene.ts";
import type { Kind } from "./kinds.ts";

/** Is called before each request of the function's clients, and may return a fault for it. */
type Watch = (action: string) => ReturnType<Kind["faultOf"]> | undefined;

const watches = new Map<string, Watch>();

/** Adds a step before each request of the function's SDK clients, which otherwise stay as they are. */
export function watchClients(): void {
  for (const service of [ec2, elasticache, redshift, redshiftServerless]) {
    const make = service.client;
    vi.spyOn(service, "client").mockImplementation((config) => {
      const client = make(config);
      (client as unknown as RedshiftClient).middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            const fault = watches.get(config.endpoint ?? "")?.((commandName ?? "").replace(/Command$/, ""));
            if (fault && "hostname" in fault) Object.assign(args.request as object, fault);
            return next(args);
          },
        { step: "build", priority: "low" },
      );
      return client;
    });
  }
}

/** Runs something, with a fault in the function's calls if one is given. Returns the result, and the calls in order. */
export async function withFault<Result>({ emulator }: Scene, work: () => Promise<Result>, fault?: Fault): Promise<WithFault<Result>> {
  const actions: string[] = [];
  let faults = 0;
  watches.set(emulator.url, (action) => {
    actions.push(action);
    const n = actions.length;
    if (!fault || n < fault.at || (n > fault.at && !fault.on)) return undefined;
    faults += 1;
    const misbehaviour = fault.faultOf(action);
    if ("answer" in misbehaviour) emulator.fail({ action, ...misbehaviour });
    return misbehaviour;
  });
  try {
    return { result: await work(), actions, faults };
  } finally {
    watches.delete(emulator.url);
    // A request that was aborted a moment ago can still arrive, and must have the fault.
    if (fault?.on) await sleep(100);
    emulator.heal();
  }
}

/** A fault of the call with this number, from 1, and with `on` of every later call. */
interface Fault extends Pick<Kind, "faultOf"> {
  readonly at: number;
  readonly on: boolean;
}

interface WithFault<Result> {
  readonly result: Result;
  readonly actions: readonly string[];
  /** How many calls had the fault. */
  readonly faults: number;
}
