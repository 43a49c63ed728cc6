import type { EC2Client } from "@aws-sdk/client-ec2";

/** The identifier that an earlier step saved under a name. */
type Ids = (name: string) => string;

/** One call, and its expected result: members of the response, in which names replace saved identifiers, or an error code. */
export interface Step {
  readonly call: (client: EC2Client, id: Ids) => Promise<object>;
  /** Identifiers of the response to save: their names, and their paths in the response. */
  readonly save?: Readonly<Record<string, string>>;
  readonly expect: object | string;
  /** What moto 5.2.5 answers, if it differs, and why the result above is EC2's. */
  readonly moto?: { readonly answers: object | string; readonly because: string };
}

/** Calls that build on each other, in their own VPC. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Any text, in what a step expects. */
export const anyText = "(text)";

/** The actual and the expected result of a step. */
interface StepResult {
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Runs a scenario against an endpoint. With `isMoto`, known differences of moto are expected. */
export async function play(client: EC2Client, scenario: Scenario, isMoto: boolean): Promise<readonly StepResult[]> {
  const ids = new Map<string, string>();
  const id: Ids = (name) => ids.get(name) ?? `no ${name} was saved`;
  const results: StepResult[] = [];
  for (const { call, save = {}, expect, moto } of scenario.steps) {
    const expected = isMoto && moto !== undefined ? moto.answers : expect;
    const answer = await call(client, id).catch((error: unknown) => (error instanceof Error ? error.name : String(error)));
    for (const [name, path] of Object.entries(save)) ids.set(name, String(at(answer, path)));
    const names = new Map([...ids].map(([name, value]) => [value, name]));
    results.push({ actual: only(answer, expected, names), expected });
  }
  return results;
}

function at(answer: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => Object.entries(Object(value)).find(([name]) => name === key)?.[1], answer);
}

/** The part of a response that is compared: the expected members, and all items of every list. */
function only(actual: unknown, expected: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof actual === "string") return expected === anyText ? anyText : (names.get(actual) ?? actual);
  if (Array.isArray(actual)) return actual.map((item, n) => only(item, Array.isArray(expected) ? expected[n] : {}, names));
  if (typeof actual !== "object" || actual === null) return actual;
  return Object.fromEntries(Object.keys(Object(expected)).map((key) => [key, only(at(actual, key), at(expected, key), names)]));
}
