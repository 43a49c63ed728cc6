import { expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { temporaryFiles } from "../temporary-files.ts";

const at = ["--at", "2026-11-21"];
const put = temporaryFiles();
const run = sharedProcess();
const explain = async (...args: string[]) => run(["explain", "--service", "redshift", "--resource", "analytics-1", ...args, ...at]);

test("names the statement that permits", async () => {
  const { stdout, code } = await explain("--range", "203.0.113.0/25");

  expect(code).toBe(0);
  expect(stdout).toContain('"name":"office-and-vpn"');
});

test("names what is uncovered, the nearest statement and the one that would permit, and exits with 3", async () => {
  const { stdout, code } = await explain("--range", "203.0.112.0/23", "--json");
  const explanation = JSON.parse(stdout);

  expect(code).toBe(3);
  expect(explanation).toMatchObject({
    mode: "audit",
    decision: { verdict: "violation", uncovered: ["203.0.112.0/24"] },
    nearest: { name: "office-and-vpn" },
  });
  expect(explanation.permitWith).toMatchObject({ ranges: ["203.0.112.0/23"], services: ["redshift"], resources: ["analytics-1"] });
});

test("names everyone, and not what is uncovered of everyone", async () => {
  const { stdout, code } = await explain("--range", "0.0.0.0/0");

  expect(code).toBe(3);
  expect(stdout).toContain("  because   everyone is let in (0.0.0.0/0)\n");
  expect(stdout).not.toContain("uncovered");
});

test("states that a violation would only be reported when its call is never revoked", async () => {
  const policy = ["--policy", await put("enforce.json", JSON.stringify({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] }))];
  const { stdout, code } = await run([
    ...["explain", "--service", "redshift-serverless", "--resource", "snapshot/Before", "--owner", "345678901234"],
    ...policy,
    ...at,
  ]);

  expect(code).toBe(3);
  expect(stdout).toContain("redshift-serverless snapshot/Before (000000000000, us-east-1)  345678901234  by PutResourcePolicy\n");
  expect(stdout).toContain("  would be  reported (never revoked)\n");
  expect((await explain("--owner", "345678901234", "--authorization", "AuthorizeEndpointAccess", ...policy)).stdout).toContain(
    "  would be  revoked\n",
  );
});

test("requires --authorization when the policy judges two calls differently, and otherwise uses the service's own", async () => {
  const only = { name: "rules", ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeSecurityGroupIngress"] };
  const policy = ["--policy", await put("rules.json", JSON.stringify({ mode: "enforce", permit: [only] }))];
  const asked = await explain("--range", "10.0.0.0/24", ...policy);
  expect([asked.code, asked.stdout]).toEqual([2, ""]);
  expect(asked.stderr).toContain(
    "the policy judges the calls differently: AuthorizeClusterSecurityGroupIngress (violation, enforce), AuthorizeSecurityGroupIngress (permitted)",
  );
  const named = await explain("--range", "10.0.0.0/24", ...policy, "--authorization", "AuthorizeSecurityGroupIngress");
  expect([named.code, named.stdout]).toEqual([0, expect.stringContaining("by AuthorizeSecurityGroupIngress")]);
  const agreed = await explain("--range", "192.0.2.0/24", ...policy);
  expect([agreed.code, agreed.stdout]).toEqual([3, expect.stringContaining("by AuthorizeClusterSecurityGroupIngress")]);
});

test("judges a prefix list by its id, and notes that its entries are unknown", async () => {
  const { stdout, code } = await explain("--prefix-list", "pl-63a5400a");
  const [{ code: namedCode }, { stdout: printed }] = await Promise.all([
    run(["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-63a5400a", ...at, "--policy", await listing()]),
    explain("--prefix-list", "pl-63a5400a", "--json"),
  ]);

  expect([code, namedCode]).toEqual([3, 0]);
  expect(stdout).toContain("because   prefix list pl-63a5400a is not permitted\n");
  expect(stdout).toMatch(/note {6}.* entries .* not read/);
  expect(JSON.parse(printed)).toMatchObject({ permitWith: { prefixLists: ["pl-63a5400a"] }, note: expect.stringContaining("entries") });
});

const listing = () => put("listing.json", JSON.stringify({ mode: "enforce", permit: [{ name: "x", prefixLists: ["pl-63a5400a"] }] }));

test("states that the nearest statement has expired", async () => {
  const late = [
    "explain",
    "--service",
    "redshift",
    "--resource",
    "analytics-1",
    "--owner",
    "2109-8765-4321",
    "--security-group",
    "etl-1",
    "--at",
    "2027-02-01",
  ];

  expect((await run(late)).stdout).toMatch(/ {2}nearest {3}\{"name":"vendor-migration".*\n {2}to change until\n/);
});

test("requires --authorization when the mode differs between two calls that violate the policy", async () => {
  const document = { mode: "enforce", auditOnly: [{ authorizations: ["RegisterNamespace"] }], permit: [{ name: "own", owners: ["self"] }] };
  const { stderr, code } = await explain("--owner", "345678901234", "--policy", await put("modes.json", JSON.stringify(document)));

  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("AuthorizeEndpointAccess (violation, enforce), RegisterNamespace (violation, audit)"),
  ]);
});

test("one owner that is permitted nowhere needs no --authorization, and calls that are never revoked are marked", async () => {
  const policy = await put("own.json", JSON.stringify({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] }));
  const { stdout, code } = await explain("--owner", "345678901234", "--policy", policy);

  expect(code).toBe(3);
  expect(stdout).toMatch(/ by AuthorizeEndpointAccess\n {2}same for {2}RegisterNamespace \(never revoked\)\n/);
  expect(stdout).toContain('  would be  revoked\n  nearest   {"name":"own","owners":["self"]}\n  to change owners\n');
});

test("names the other Region in which the source is permitted, as reason and as the change", async () => {
  const permit = [
    { name: "far", ranges: ["192.0.0.0/8"] },
    { name: "eu", ranges: ["10.0.0.0/8"], regions: ["eu-*"] },
  ];
  const policy = await put("regions.json", JSON.stringify({ mode: "enforce", permit }));
  const { stdout } = await explain("--range", "10.1.0.0/16", "--policy", policy);

  expect(stdout).toContain("  because   10.1.0.0/16 is permitted for other regions only, by eu\n");
  expect(stdout).toMatch(/ {2}nearest {3}\{"name":"eu",.*\n {2}to change regions\n/);
});
