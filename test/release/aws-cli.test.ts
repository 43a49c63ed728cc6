import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { jsonText } from "#domain/text.ts";
import { type Emulator, type LoggedRequest, startEmulator } from "#emulator/index.ts";
import { undoCommand } from "#outcome/undo.ts";
import { authorize, caseOf } from "../support/authorizations.ts";
import { grantTo, home, id } from "../support/grants.ts";
import { hostileNames } from "../support/hostile-names.ts";

/** The AWS CLI, which `.ci/run` installs and names. */
const awsCli = process.env["AWS_CLI"];

const owner = id("999988887777");
const account: Source = { kind: "account", owner };
const groupOf = (securityGroup: string): Source => ({ kind: "securityGroup", owner, securityGroup });
const rule = { protocol: "tcp", fromPort: 6379, toPort: 6379 };
const onRule = (more: object): Grant => ({
  ...grantTo({ kind: "range", range: "198.51.100.0/24" }, caseOf("AuthorizeSecurityGroupIngress"), { resource: "sg-903004f8" }),
  service: "ec2",
  rule: { ...rule, ...more },
});
const to = (eventName: string, source: Source, resource?: string) =>
  grantTo(source, caseOf(eventName), resource === undefined ? {} : { resource });

/** Each place of a grant in which a name can be hostile, and the grant with that name. */
const places: readonly (readonly [string, (name: string) => Grant])[] = [
  ["a cache security group", (name) => to("AuthorizeCacheSecurityGroupIngress", groupOf("default"), name)],
  ["an EC2 group of a cache security group", (name) => to("AuthorizeCacheSecurityGroupIngress", groupOf(name))],
  ["a cluster security group", (name) => to("AuthorizeClusterSecurityGroupIngress", groupOf("default"), name)],
  ["an EC2 group of a cluster security group", (name) => to("AuthorizeClusterSecurityGroupIngress", groupOf(name))],
  ["a cluster", (name) => to("AuthorizeEndpointAccess", account, name)],
  ["a VPC", (name) => to("AuthorizeEndpointAccess", { ...account, vpcs: [name] })],
  ["a snapshot", (name) => to("AuthorizeSnapshotAccess", account, `payroll/${name}`)],
  ["a datashare", (name) => to("AuthorizeDataShare", account, `6d2a1b5e-8f0c-4f57-9e0e-2f3c1d4b5a69/${name}`)],
  ["a rule's description", (description) => onRule({ description })],
  [
    "a rule's tag",
    (name) =>
      onRule({
        tags: [
          { key: name, value: name },
          { key: "empty", value: "" },
        ],
      }),
  ],
];

/** Each name, in the place that is next. The count is no multiple of the number of places, so names of one beginning go to several. */
const cases = hostileNames(51, 20261121).map((name, n) => {
  const [place, grantWith] = places[(n * 7) % places.length] as (typeof places)[number];
  const number = String(n).padStart(11, "0");
  return { place, shown: jsonText(name), grant: grantWith(name), meant: `1${number}`, sent: `2${number}` };
});

let emulator: Emulator;
/** What each command wrote to stderr. */
const written = new Map<string, string>();

beforeAll(async () => {
  emulator = await startEmulator();
  // What counts is the request. Refused at once, it takes no effect and is not repeated.
  emulator.fail({ times: Number.POSITIVE_INFINITY, answer: "error", code: "AccessDenied", status: 403 });
  if (awsCli === undefined) return;
  const waiting = [...cases];
  const lane = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await send(next);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}, 300_000);

afterAll(() => emulator.close());

/** Makes the call twice: with the SDK's client, which needs no quoting, and by the command. */
async function send({ grant, meant, sent }: (typeof cases)[number]): Promise<void> {
  const entry = caseOf(grant.authorization);
  const given = { ...grant, place: { ...home, account: id(meant) } };
  await authorize(emulator.url, entry, given).catch(() => {});
  written.set(sent, await run(undoOf(given), sent));
}

function undoOf(grant: Grant): string {
  const { authorization } = caseOf(grant.authorization);
  if (!authorization.revoke) throw new Error(`${grant.authorization} has no undo`);
  return undoCommand(authorization, grant);
}

/** The only request of an account. */
function requestOf(caller: string): Pick<LoggedRequest, "service" | "region" | "action"> & { readonly parameters: object } {
  const [request, ...others] = emulator.requests.filter((each) => each.account === caller);
  if (!request || others.length > 0) throw new Error(`${others.length + (request ? 1 : 0)} requests of ${caller}`);
  const { service, region, action, parameters } = request;
  return { service, region, action, parameters: Object.fromEntries(parameters) };
}

/** Runs a command line in a shell with the AWS CLI, as this account. Returns what it wrote to stderr. */
async function run(command: string, caller: string): Promise<string> {
  const env = {
    PATH: [dirname(resolve(awsCli ?? "")), process.env["PATH"]].join(delimiter),
    HOME: "/nonexistent",
    AWS_ENDPOINT_URL: emulator.url,
    AWS_ACCESS_KEY_ID: caller,
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  const shell = spawn("/bin/sh", ["-c", command], { env, stdio: ["ignore", "ignore", "pipe"] });
  const chunks: Buffer[] = [];
  shell.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(shell, "close");
  return Buffer.concat(chunks).toString();
}

describe.skipIf(awsCli === undefined)("the undo of a hostile name, run by the AWS CLI, sends what was meant:", () => {
  test.each(cases)("$shown in $place", ({ meant, sent }) => {
    expect(written.get(sent)).toContain("AccessDenied");
    expect(requestOf(sent)).toEqual(requestOf(meant));
  });
});

test("every place has names that a shell and the AWS CLI would take for something else", () => {
  expect(new Set(cases.map(({ place }) => place)).size).toBe(places.length);
  expect(cases.filter(({ grant }) => undoOf(grant).includes("--cli-input-json")).length).toBeGreaterThan(15);
});
