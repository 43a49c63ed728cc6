import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, onTestFinished, test } from "vitest";
import type { EmulatorOptions } from "#emulator/index.ts";
import { redshiftClient } from "../../emulator/clients.ts";
import { writes } from "../../support/scene.ts";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, clusterBehind, linesIn, member, openCacheGroup, openClusterGroup, startWorld } from "./world.ts";

const run = sharedProcess();

const permitsOffice = {
  mode: "enforce",
  permit: [
    { name: "office", ranges: ["203.0.113.0/24"] },
    { name: "own", owners: ["self"] },
  ],
};

async function world(document: object = permitsOffice, options: EmulatorOptions = {}) {
  const started = await startWorld(options);
  onTestFinished(() => started.emulator.close());
  const folder = await mkdtemp(join(tmpdir(), "ingress-warden-sweep-"));
  const file = (name: string) => join(folder, name);
  writeFileSync(file("policy.json"), JSON.stringify(document));
  const sweep = async (...flags: string[]) => {
    const before = started.emulator.requests.length;
    const ended = await run(["sweep", "--policy", file("policy.json"), ...flags], { env: started.env });
    return { ...ended, requests: started.emulator.requests.slice(before) };
  };
  const outcomes = async (...flags: string[]) => linesIn((await sweep("--json", ...flags)).stdout);
  return { ...started, file, sweep, outcomes };
}

describe("sweep", () => {
  test("prints what would be revoked, and what would only be reported and why, and changes nothing", async () => {
    const { emulator, sweep } = await world({ ...permitsOffice, enforceOnly: undefined });
    await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
    await openClusterGroup(emulator, "analytics", "203.0.113.7/32");
    const { code, stdout, requests } = await sweep();
    expect(stdout).toMatch(
      /^123456789012 eu-west-1 {2}2 grants, listed \d{4}-.*Z\n {2}revoke {3}redshift analytics 0\.0\.0\.0\/0: everyone is let in \(0\.0\.0\.0\/0\)\n\n1 place, 2 grants: 1 would be revoked, 0 only reported, 1 permitted, 0 out of scope, \d+ requests, 0 throttled\n$/,
    );
    expect(code).toBe(3);
    expect(writes(requests)).toEqual([]);
  });

  test("a place without a violation is exit code 0", async () => {
    const { emulator, sweep } = await world();
    await openClusterGroup(emulator, "analytics", "203.0.113.7/32");
    expect((await sweep()).code).toBe(0);
  });

  test("--json prints one outcome a line, as the published schema says", async () => {
    const { emulator, outcomes } = await world();
    const group = await cacheBehind(emulator, "sessions", [
      ["0.0.0.0/0", 6379],
      ["203.0.113.0/24", 6379],
      ["0.0.0.0/0", 22],
    ]);
    const found = await outcomes();
    expect(found.map(({ result }) => result)).toEqual(["reported", "permitted", "outOfScope"]);
    expect(found[0]).toMatchObject({
      wouldRevoke: true,
      grant: { resource: group },
      sweep: { listedAt: expect.any(String) },
      permitWith: { ranges: ["0.0.0.0/0"] },
    });
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync("outcome.schema.json", "utf8")));
    for (const outcome of found) expect({ valid: validate(outcome), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  test("a rule that is permitted for one store and violates for another is reported, with the command that detaches", async () => {
    const permit = [{ name: "cache", ranges: ["198.51.100.0/24"], resources: ["sessions"] }];
    const { emulator, outcomes } = await world({ mode: "enforce", permit });
    const group = await cacheBehind(emulator, "sessions", [["198.51.100.0/24", 6379]]);
    await clusterBehind(emulator, "dwh", group);
    await redshiftClient(emulator).send(
      new (await import("@aws-sdk/client-redshift")).ModifyClusterCommand({ ClusterIdentifier: "dwh", Port: 6379 }),
    );
    const [outcome] = (await outcomes()).filter(({ result }) => result === "reported");
    expect(outcome).toMatchObject({ note: expect.stringContaining("the rule is permitted for elasticache sessions") });
    expect(outcome).not.toHaveProperty("wouldRevoke");
  });

  test("what the policy audits is reported and not planned", async () => {
    const { emulator, outcomes } = await world({ ...permitsOffice, auditOnly: [{ resources: ["analytics"] }] });
    await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
    expect(await outcomes()).toMatchObject([{ result: "reported", policy: { mode: "audit" } }]);
    expect((await outcomes())[0]).not.toHaveProperty("wouldRevoke");
  });

  test("an inventory gives the same outcomes as listing", async () => {
    const { emulator, env, file, outcomes } = await world();
    await cacheBehind(emulator, "sessions", [["0.0.0.0/0", 6379]]);
    await openCacheGroup(emulator, "web", "999988887777");
    await run(["inventory", "--out", file("inventory.ndjson")], { env });
    const grants = (found: readonly Record<string, unknown>[]) => found.map(({ sweep: _, ...rest }) => rest);
    const asked = emulator.requests.length;
    const offline = await outcomes("--inventory", file("inventory.ndjson"));
    expect(emulator.requests.length).toBe(asked);
    expect(grants(offline)).toEqual(grants(await outcomes()));
    expect(offline).toHaveLength(2);
  });

  test("an inventory that was cut off is exit code 1, and what it has is judged", async () => {
    const { emulator, env, file, sweep } = await world();
    await openClusterGroup(emulator, "analytics", "0.0.0.0/0");
    await run(["inventory", "--out", file("whole.ndjson")], { env });
    const lines = readFileSync(file("whole.ndjson"), "utf8").trimEnd().split("\n");
    writeFileSync(file("cut.ndjson"), `${lines.slice(0, -1).join("\n")}\n${lines.at(-1)?.slice(0, 20)}`);
    const { code, stdout } = await sweep("--inventory", file("cut.ndjson"));
    expect(code).toBe(1);
    expect(stdout).toContain("problem  the inventory was cut off");
    expect(stdout).toContain("1 place, 1 of them INCOMPLETE, 1 grant: 1 would be revoked");
  });
});

describe("a plan", () => {
  async function planned(document: object = permitsOffice, options: EmulatorOptions = {}) {
    const made = await world(document, options);
    await openClusterGroup(made.emulator, "analytics", "0.0.0.0/0");
    await openClusterGroup(made.emulator, "analytics", "198.51.100.0/24");
    await cacheBehind(made.emulator, "sessions", [
      ["0.0.0.0/0", 6379],
      ["203.0.113.0/24", 6379],
    ]);
    const plan = made.file("plan.ndjson");
    const { stdout } = await made.sweep("--out", plan);
    const sha256 = /SHA-256 ([0-9a-f]{64})/.exec(stdout)?.[1] ?? "";
    return { ...made, plan, sha256, apply: (...flags: string[]) => made.sweep("--apply", plan, ...flags) };
  }

  test("is revoked exactly, and a second sweep finds nothing", async () => {
    const { apply, sweep, plan } = await planned();
    const { code, stdout, requests } = await apply();
    expect(stdout).toContain("revoked redshift analytics 0.0.0.0/0: everyone is let in");
    expect(stdout).toContain("undo: aws redshift authorize-cluster-security-group-ingress");
    expect(stdout).toMatch(/\n3 revoked\n$/);
    expect(code).toBe(0);
    expect(writes(requests).map(({ action }) => action)).toEqual([
      "RevokeClusterSecurityGroupIngress",
      "RevokeClusterSecurityGroupIngress",
      "RevokeSecurityGroupIngress",
    ]);
    expect((await sweep()).code).toBe(0);
    expect(
      readFileSync(`${plan}.applied.ndjson`, "utf8")
        .split("\n")
        .filter((line) => line.includes('"line":"begun"')),
    ).toHaveLength(3);
  });

  test("is printed by --show with its SHA-256", async () => {
    const { file, plan, sha256, sweep } = await planned();
    const { code, stdout } = await run(["sweep", "--show", plan]);
    expect(code).toBe(0);
    expect(stdout).toContain("revoke   redshift analytics 0.0.0.0/0");
    expect(stdout).toContain("4 grants: 3 would be revoked, 0 only reported");
    expect(stdout).toContain(`plan    SHA-256 ${sha256}`);
    expect((await sweep("--out", plan)).stderr).toContain("exists: give another name");
    expect(existsSync(file("plan.ndjson.applied.ndjson"))).toBe(false);
  });

  test.each<[string, (made: Awaited<ReturnType<typeof planned>>) => readonly string[] | undefined, string]>([
    [
      "another policy",
      ({ file }) => void writeFileSync(file("policy.json"), JSON.stringify({ ...permitsOffice, mode: "audit" })),
      "made by another policy",
    ],
    ["another SHA-256 than the approved", () => ["--approve", "0".repeat(64)], "not the plan that was approved"],
    [
      "more revokes than --max",
      () => ["--max", "2"],
      "revokes 3 grants of 4, and --max 2 allows 2: read it with sweep --show, then give --max 3",
    ],
    ["a larger share than --max", () => ["--max", "50%"], "--max 50% allows 2"],
    ["an edited line", ({ plan }) => void edit(plan, (text) => text.replace("198.51.100.0/24", "198.51.100.0/25")), "the plan was edited"],
    ["a line less", ({ plan }) => void edit(plan, (text) => text.replace(/\n[^\n]*198\.51[^\n]*/, "")), "the plan was edited"],
    ["an end that is cut off", ({ plan }) => void edit(plan, (text) => text.slice(0, -30)), "was cut off"],
    ["no end", ({ plan }) => void edit(plan, (text) => `${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n`), "was cut off"],
    ["a line too many", ({ plan }) => void edit(plan, (text) => `${text}{}\n`), "a line follows the last one"],
    ["a text instead of a plan", ({ plan }) => void writeFileSync(plan, "\u001b[31mred\n"), "not JSON: \\u{1b}[31mred"],
    ["an inventory instead of a plan", ({ plan }) => void writeFileSync(plan, '{"line":"inventory"}\n'), "not a plan of this version"],
  ])("with %s is refused, and nothing is revoked", async (_, prepare, message) => {
    const made = await planned();
    const flags = prepare(made) ?? [];
    const { code, stderr, requests } = await made.apply(...flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  test("that is older than 24 hours is refused, and shown", async () => {
    const { apply, plan, file, env, emulator, sweep } = await planned();
    await run(["inventory", "--out", file("i.ndjson")], { env });
    edit(file("i.ndjson"), (text) => text.replaceAll(/"(startedAt|listedAt)":"[^"]*"/g, '"$1":"2026-01-01T00:00:00.000Z"'));
    await sweep("--inventory", file("i.ndjson"), "--out", file("old.ndjson"));
    const asked = emulator.requests.length;
    const { code, stderr } = await sweep("--apply", file("old.ndjson"));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("more than 24 hours ago (2026-01-01T00:00:00.000Z)") });
    expect(emulator.requests.length).toBe(asked);
    expect((await run(["sweep", "--show", file("old.ndjson")])).code).toBe(0);
    expect(plan).not.toBe("");
    expect((await apply()).code).toBe(0);
  });

  test("that was applied is refused", async () => {
    const { apply } = await planned();
    await apply();
    const { code, stderr, requests } = await apply();
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("is applied already") });
    expect(requests).toEqual([]);
  });

  test("with a grant that is gone, permitted now or guarded now revokes the others and names these", async () => {
    const { emulator, apply, plan } = await planned();
    const { RevokeClusterSecurityGroupIngressCommand } = await import("@aws-sdk/client-redshift");
    await redshiftClient(emulator).send(
      new RevokeClusterSecurityGroupIngressCommand({ ClusterSecurityGroupName: "analytics", CIDRIP: "0.0.0.0/0" }),
    );
    const before = readFileSync(plan, "utf8");
    const { code, stdout } = await apply();
    expect(stdout).toContain("alreadyGone redshift analytics 0.0.0.0/0");
    expect(stdout).toMatch(/\n1 alreadyGone, 2 revoked\n$/);
    expect(code).toBe(0);
    expect(readFileSync(plan, "utf8")).toBe(before);
  });

  test("of another account is applied with a role of that account", async () => {
    const { emulator, file, sweep } = await world();
    await openClusterGroup(emulator, "theirs", "0.0.0.0/0", { account: member });
    await sweep("--accounts", member, "--role", "reader", "--external-id", "secret", "--out", file("p.ndjson"));
    expect((await sweep("--apply", file("p.ndjson"))).stderr).toContain("give --role NAME");
    const { code, stdout } = await sweep("--apply", file("p.ndjson"), "--role", "reader", "--external-id", "secret");
    expect(stdout).toContain("revoked redshift theirs 0.0.0.0/0");
    expect(code).toBe(0);
  });
});

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error("The edit changes nothing");
  writeFileSync(file, changed);
}
