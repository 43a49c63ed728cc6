import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { member, own, type SweepWorld, startWorld } from "../cli/sweep/world.ts";
import { compileCache } from "../support/compile-cache.ts";
import type { Value } from "../support/template.ts";
import { openAccounts } from "./reader/documented-accounts.ts";
import { readReaderTemplate } from "./reader/roles.ts";

const document = readFileSync("docs/OPERATING.md", "utf8");
const chapter = ["First sweep", "Review a plan", "Many accounts", "Take an inventory"].map(sectionOf).join("");
/** Every `ingress-warden` command of the sections with the output that they show, in order. */
const shown = [...chapter.matchAll(/^( *)```console\n *\$ (.*)\n([\s\S]*?)^ *```/gm)].map(([, indent = "", command = "", output = ""]) => ({
  command,
  output: output.replace(new RegExp(`^${indent}`, "gm"), ""),
}));
const scripts = [...chapter.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script = ""]) => script);

const hasTools = spawnSync("sh", ["-c", ":"]).status === 0;
if (!hasTools) console.warn("SKIPPED: there is no sh here. NOT CHECKED: the commands for sweeps in docs/OPERATING.md.");

function sectionOf(heading: string): string {
  return document.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? "";
}

/** An AWS CLI that knows the organization's accounts and notes how it was called. Where `AWS_CLI` names the real one, that reads the call, too. */
const aws = `#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$2" in
list-accounts) cat accounts.json ;;
deploy) ;;
*) if [ -n "$AWS_CLI" ]; then exec "$AWS_CLI" "$@" --generate-cli-skeleton output > /dev/null; fi ;;
esac
`;

let world: SweepWorld;
let folder: string;

/** Runs a command line as the document has it. */
async function sh(script: string, more: Readonly<Record<string, string>> = {}) {
  const variables = { home: "eu-west-1", trusted: own, organization: "o-a1b2c3d4e5", root: "r-a1b2", external_id: "secret" };
  const AWS_CLI = process.env["AWS_CLI"] ?? "";
  const env = { ...world.env, ...compileCache, ...variables, ...more, NODE_NO_WARNINGS: "1", AWS_CLI: AWS_CLI && resolve(AWS_CLI) };
  const child = spawn("sh", ["-euc", `exec 2>&1; ${script}`], {
    cwd: folder,
    env: { ...env, PATH: [folder, process.env["PATH"]].join(delimiter) },
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { printed, code: child.exitCode };
}

/** An output without what differs from run to run; the places of a sweep come in any order. */
function masked(output: string): readonly string[] {
  const same = output
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/[0-9a-f]{64}/g, "SHA-256")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replace(/\b(sg|eni)-[0-9a-f]+/g, "$1-ID")
    .replace(/\d+ requests/g, "REQUESTS");
  return same.trim().split("\n\n").sort();
}

beforeAll(async () => {
  world = await startWorld({ regions: ["eu-west-1"] });
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-sweep-docs-"));
  await openAccounts(world.emulator);
  const office = { name: "office", ranges: ["203.0.113.0/24"] };
  const policy = { mode: "enforce", permit: [{ name: "own-accounts", owners: ["self"] }, office] };
  writeFileSync(join(folder, "policy.json"), JSON.stringify(policy));
  writeFileSync(join(folder, "proposed.json"), JSON.stringify({ ...policy, sharedGroups: "revoke" }));
  const Accounts = [own, member, "444455556666"].map((Id) => ({ Id, Status: "ACTIVE" }));
  writeFileSync(join(folder, "accounts.json"), JSON.stringify({ Accounts }));
  writeFileSync(join(folder, "template-reader.yaml"), readFileSync("template-reader.yaml"));
  writeFileSync(join(folder, "ingress-warden"), `#!/bin/sh\nexec '${process.execPath}' '${process.cwd()}/src/cli/index.ts' "$@"\n`);
  writeFileSync(join(folder, "aws"), aws);
  for (const tool of ["ingress-warden", "aws"]) chmodSync(join(folder, tool), 0o755);
});

afterAll(async () => {
  await world.emulator.close();
  rmSync(folder, { recursive: true });
});

describe.skipIf(!hasTools)("the commands for sweeps in docs/OPERATING.md", () => {
  const codes: unknown[] = [];
  let sha256 = "";

  // Each goes on from where the one before it ended.
  test.each(shown)("print what it shows: $command", async ({ command, output }) => {
    const { printed, code } = await sh(command, { sha256 });
    sha256 = /^plan: .*SHA-256 ([0-9a-f]{64})$/m.exec(printed)?.[1] ?? sha256;
    codes.push(code);

    expect(masked(printed)).toEqual(masked(output));
  });

  test("end with the exit codes that it states", () => {
    expect(codes).toEqual([3, 0, 0, 1, 0, 0, 3]);
  });

  test("deploy template-reader.yaml to one Region, with every parameter that it requires", async () => {
    for (const script of scripts) expect(await sh(script)).toEqual({ printed: "", code: 0 });
    const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
    const callsOf = (name: string) => calls.filter((call) => call.startsWith(`cloudformation ${name} `));
    const { Parameters } = readReaderTemplate();
    const required = Object.entries<Value>(Parameters).flatMap(([name, { Default }]) => (Default === undefined ? name : []));
    const [create = "", [first = "", switched = ""]] = [callsOf("create-stack-set")[0], callsOf("deploy")];

    expect(callsOf("create-stack-instances")).toEqual([expect.stringContaining(" --regions eu-west-1 --")]);
    expect(
      [create, ...callsOf("update-stack-set"), first, switched].filter((call) => !/ --capabilities CAPABILITY_NAMED_IAM /.test(call)),
    ).toEqual([]);
    expect(create).toContain("--permission-model SERVICE_MANAGED --auto-deployment Enabled=true,");
    expect(parametersIn(create)).toEqual(parametersIn(first));
    expect(parametersIn(create)).toEqual(expect.arrayContaining(required));
    // Named all, so that none can fall back to its default.
    expect(parametersIn(callsOf("update-stack-set")[0])).toEqual(["CreateRevoker", ...parametersIn(create)]);
    expect(parametersIn(switched)).toEqual(["CreateRevoker"]);
    expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(parametersIn(callsOf("update-stack-set")[0])));
  });
});

/** The parameters that a call of CloudFormation names. */
function parametersIn(call = ""): string[] {
  const [, listed = ""] = / --parameter(?:s|-overrides) (.*)$/.exec(call) ?? [];
  return listed.split(" ").map((each) => /^(?:ParameterKey=)?(\w+)/.exec(each)?.[1] ?? "");
}
