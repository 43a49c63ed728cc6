import { Logger } from "@aws-lambda-powertools/logger";
import { afterAll, expect } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { sourceText } from "#domain/source.ts";
import type { Misbehaviour } from "#emulator/index.ts";
import { logEach } from "#lambda/log.ts";
import { authorize, type Case, entriesOf, grantsOf } from "../support/authorizations.ts";
import { type Envelope, eventOf, resourceParameters, withDetail } from "../support/events.ts";
import { home, id, resourceOf } from "../support/grants.ts";
import { captureOutput, rawTexts } from "../support/output.ts";
import { type End, policyOf, type Scene, startScene } from "../support/scene.ts";

export const huge: string = "9".repeat(100_000);
/** One character of each kind that must never reach a terminal. */
export const control = "\u0000\u001b[31m\u007f\u009b\u2028\u2029\u202e\u2066\ud800\n";
/** Values that are valid in no field of a call. */
export const invalid: readonly unknown[] = [
  null,
  "",
  0,
  7,
  true,
  [],
  {},
  { omitted: true },
  [["x"]],
  huge,
  `x${control}`,
  "x\n",
  "\u202ex",
];

/** How the invocation ended, how many calls it made, and the entries that are then listed on the resource. */
interface Delivered extends End {
  readonly calls: number;
  readonly entries: readonly string[];
}

/** The event of a violating grant, for tests to change, and checks that hold for every changed event. */
export interface BadInput {
  readonly good: Envelope;
  /** The first key that names the resource, and the keys that name the source. */
  readonly key: string;
  readonly sourceKeys: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The requestParameters that name the resource. */
  readonly resourceParameters: Readonly<Record<string, unknown>>;
  /** The requestParameters for a resource of another name. */
  parametersOn(name: string): Readonly<Record<string, unknown>>;
  /** The requestParameters of the permitted grant. */
  readonly permittedParameters: Readonly<Record<string, unknown>>;
  /** responseElements that name only the resource. */
  readonly response: Readonly<Record<string, unknown>>;
  withDetail(detail: Record<string, unknown>): Envelope;
  /**
   * Delivers an event while a permitted and a violating grant are on the resource, and others elsewhere. Checks that only
   * this resource is called, that the permitted grant stays, and that the output is escaped.
   */
  deliver(event: unknown, misbehaviour?: Misbehaviour): Promise<Delivered>;
  /** Checks that the event has only the violating grant revoked. */
  expectRevoked(event: unknown): Promise<void>;
  /** Checks that the event is an error with this message, and that no call is made. */
  expectRefused(event: unknown, message: RegExp): Promise<void>;
}

/** Bad input for the event of one authorization. */
export function badInput(entry: Case): BadInput {
  const [violating, permitted] = grantsOf(entry) as [Grant, Grant];
  const named = resourceParameters(violating);
  const [key = ""] = Object.keys(named);
  const good = eventOf(violating);
  const parameters = parametersOf(good);
  // A response names the cluster of a snapshot by another key than a request.
  const inResponse = Object.entries(named).map(([name, value]) => [name.replace("snapshotCluster", "cluster"), value]);
  const deliver = delivery(entry, violating, permitted);
  return {
    good,
    key,
    sourceKeys: Object.keys(parameters).filter((each) => !(each in named)),
    parameters,
    resourceParameters: named,
    parametersOn: (name) => parametersOf(eventOf({ ...violating, resource: resourceOf(entry.eventName, name) })),
    permittedParameters: parametersOf(eventOf(permitted)),
    response: { ...Object.fromEntries(inResponse), [control]: control },
    withDetail: (detail) => withDetail(good, detail),
    deliver,
    async expectRevoked(event) {
      const { error, outcomes, entries } = await deliver(event);
      expect(error).toBeUndefined();
      expect(outcomes.filter(({ result }) => result === "revoked")).toMatchObject([{ grant: violating }]);
      expect(entries).toHaveLength(1);
    },
    async expectRefused(event, message) {
      const { error, outcomes, calls, entries } = await deliver(event);
      expect(error?.message).toMatch(message);
      expect({ outcomes, calls }).toEqual({ outcomes: [], calls: 0 });
      expect(entries).toHaveLength(2);
    },
  };
}

/** The statement that permits the source of a grant, and none of the other sources. */
export function permitFor({ source }: Grant): object {
  if (source.kind === "range") return { name: "good", ranges: [source.range] };
  return {
    name: "good",
    owners: ["owner" in source && source.owner],
    ...(source.kind === "securityGroup" && { securityGroups: ["Web*"] }),
  };
}

/** The `deliver` of a scene that all tests of a suite share. */
function delivery(entry: Case, violating: Grant, permitted: Grant): BadInput["deliver"] {
  const started = startWith(entry, violating, permitted);
  afterAll(async () => (await started)[Symbol.asyncDispose]());
  return async (event, misbehaviour) => {
    const scene = await started;
    if ((await entriesOf(scene.aws, entry, violating)).length < 2) await authorize(scene.emulator.url, entry, violating);
    scene.requests();
    if (misbehaviour) scene.emulator.fail(misbehaviour);
    const printed = captureOutput();

    const end = await scene.invoke(event);

    const calls = scene.requests();
    for (const { account, region, service, parameters } of calls) {
      expect({ account, region, service }).toEqual({ account: home.account, region: home.region, service: entry.service });
      const requested = [...parameters.values()].join(" ");
      if (!requested.includes("payroll")) throw new Error(`A request for another resource: ${requested}`);
    }
    const entries = await entriesOf(scene.aws, entry, violating);
    expect(entries).toContain(`${permitted.resource} ${sourceText(permitted.source)}`);
    expect(rawTexts([end.outcomes, end.error?.message, end.error?.stack?.split("\n"), printed()])).toEqual([]);
    expect(printed().filter((line) => line.length > 20_000)).toEqual([]);
    return { ...end, calls: calls.length, entries };
  };
}

/** A scene with the permitted grant, and with the violating one on other resources and in other places. */
async function startWith(entry: Case, violating: Grant, permitted: Grant): Promise<Scene> {
  const elsewhere = [
    ...["other", "kitchen"].map((name) => ({ ...violating, resource: resourceOf(entry.eventName, name) })),
    { ...violating, place: { ...home, region: "us-east-1" } },
    { ...violating, place: { ...home, account: id("210987654321") } },
  ];
  const policy = await policyOf({ mode: "enforce", permit: [permitFor(permitted)] });
  const scene = await startScene({ policy, logFor: logEach(new Logger({ logLevel: "DEBUG" })) });
  for (const grant of [permitted, ...elsewhere]) await authorize(scene.emulator.url, entry, grant);
  return scene;
}

function parametersOf(event: Envelope): Record<string, unknown> {
  return event.detail.requestParameters as Record<string, unknown>;
}
