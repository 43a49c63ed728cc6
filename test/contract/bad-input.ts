import { Logger } from "@aws-lambda-powertools/logger";
import { afterAll, expect } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import type { Misbehaviour } from "#emulator/index.ts";
import { logEach } from "#lambda/log.ts";
import { authorize, type Case, entriesOf, grantsOf } from "../support/authorizations.ts";
import { type Envelope, eventOf, resourceParameters } from "../support/events.ts";
import { home, id, resourceOf } from "../support/grants.ts";
import { captureOutput, rawTexts } from "../support/output.ts";
import { type End, policyOf, type Scene, startScene } from "../support/scene.ts";

export const huge: string = "9".repeat(100_000);
/** One of everything that must never reach a terminal. */
export const nasty = "\u0000\u001b[31m\u007f\u009b\u2028\u2029\u202e\u2066\ud800\n";
/** Values that no field of a call has. */
export const wrong: readonly unknown[] = [null, "", 0, 7, true, [], {}, { omitted: true }, [["x"]], huge, `x${nasty}`, "x\n", "\u202ex"];

/** How a bad event ended, how many calls it caused, and what still stands on its group. */
interface Met extends End {
  readonly calls: number;
  readonly left: readonly string[];
}

/** Events of a call that violates the policy, and what must hold whatever is done to them. */
export interface BadInput {
  readonly good: Envelope;
  /** The key that names the resource, before all, and those that name the source. */
  readonly key: string;
  readonly sourceKeys: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The part of it that names the resource; and that of a resource of another name. */
  readonly resourceParameters: Readonly<Record<string, unknown>>;
  parametersOn(name: string): Readonly<Record<string, unknown>>;
  /** The requestParameters of the grant that is permitted. */
  readonly permittedParameters: Readonly<Record<string, unknown>>;
  /** responseElements that name the resource and say no more. */
  readonly answer: Readonly<Record<string, unknown>>;
  withDetail(detail: Record<string, unknown>): Envelope;
  /** Hands over an event while a permitted and a violating grant stand, and others elsewhere; checks what must always hold. */
  meet(event: unknown, misbehaviour?: Misbehaviour): Promise<Met>;
  /** The violating grant is found and taken back, and nothing else happens. */
  expectRevoked(event: unknown): Promise<void>;
  /** There is a clear error, before anything is called. */
  expectRefused(event: unknown, message: RegExp): Promise<void>;
}

/** Bad input for one authorization of the events. */
export function badInput(entry: Case): BadInput {
  const [violating, permitted] = grantsOf(entry) as [Grant, Grant];
  const elsewhere = [
    ...["other", "kitchen"].map((name) => ({ ...violating, resource: resourceOf(entry.eventName, name) })),
    { ...violating, place: { ...home, region: "us-east-1" } },
    { ...violating, place: { ...home, account: id("210987654321") } },
  ];
  const policy = policyOf({ mode: "enforce", permit: [permitFor(permitted)] });
  const named = resourceParameters(violating);
  const [key = ""] = Object.keys(named);
  const good = eventOf(violating);
  const parametersOf = (event: Envelope) => event.detail.requestParameters as Record<string, unknown>;
  const parameters = parametersOf(good);
  // An answer names the cluster as the resource that it is, a request as the snapshot's.
  const answered = Object.entries(named).map(([name, value]) => [name.replace("snapshotCluster", "cluster"), value]);

  const started = start();
  afterAll(async () => (await started)[Symbol.asyncDispose]());

  async function start(): Promise<Scene> {
    const scene = await startScene({ policy: await policy, logFor: logEach(new Logger({ logLevel: "DEBUG" })) });
    for (const grant of [permitted, ...elsewhere]) await authorize(scene.emulator.url, entry, grant);
    return scene;
  }

  async function meet(event: unknown, misbehaviour?: Misbehaviour): Promise<Met> {
    const scene = await started;
    if ((await entriesOf(scene.aws, entry, violating)).length < 2) await authorize(scene.emulator.url, entry, violating);
    scene.requests();
    if (misbehaviour) scene.emulator.fail(misbehaviour);
    const printed = captureOutput();

    const end = await scene.invoke(event);

    const calls = scene.requests();
    for (const { account, region, service, parameters } of calls) {
      expect({ account, region, service }).toEqual({ account: home.account, region: home.region, service: entry.service });
      const asked = [...parameters.values()].join(" ");
      if (!asked.includes("payroll")) throw new Error(`Asked of another resource: ${asked}`);
    }
    const left = await entriesOf(scene.aws, entry, violating);
    expect(left).toContain(`${permitted.resource} ${sourceText(permitted.source)}`);
    expect(rawTexts([end.outcomes, end.error?.message, end.error?.stack?.split("\n"), printed()])).toEqual([]);
    expect(printed().filter((line) => line.length > 20_000)).toEqual([]);
    return { ...end, calls: calls.length, left };
  }

  return {
    good,
    key,
    sourceKeys: Object.keys(parameters).filter((each) => !(each in named)),
    parameters,
    resourceParameters: named,
    parametersOn: (name) => parametersOf(eventOf({ ...violating, resource: resourceOf(entry.eventName, name) })),
    permittedParameters: parametersOf(eventOf(permitted)),
    answer: { ...Object.fromEntries(answered), [nasty]: nasty },
    withDetail: (detail) => ({ ...good, detail: { ...good.detail, ...detail } }),
    meet,
    async expectRevoked(event) {
      const { error, outcomes, left } = await meet(event);
      expect(error).toBeUndefined();
      expect(outcomes.filter(({ result }) => result === "revoked")).toMatchObject([{ grant: violating }]);
      expect(left).toHaveLength(1);
    },
    async expectRefused(event, message) {
      const { error, outcomes, calls, left } = await meet(event);
      expect(error?.message).toMatch(message);
      expect({ outcomes, calls }).toEqual({ outcomes: [], calls: 0 });
      expect(left).toHaveLength(2);
    },
  };
}

/** The statement that permits a grant's source and none of the others. */
export function permitFor({ source }: Grant): object {
  if (source.kind === "range") return { name: "good", ranges: [source.range] };
  return {
    name: "good",
    owners: ["owner" in source && source.owner],
    ...(source.kind === "securityGroup" && { securityGroups: ["Web*"] }),
  };
}
