import { expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { expectWrongUsage } from "../wrong-usage.ts";

const at = ["--at", "2026-11-21"];
const run = sharedProcess();

test("uses a VPC rule when no call of the service itself accepts a range", async () => {
  const { stdout } = await run(["explain", "--service", "elasticache", "--resource", "sessions", "--range", "10.0.0.0/8", ...at]);
  expect(stdout).toMatch(/^violation {2}elasticache sessions .* by AuthorizeSecurityGroupIngress\n/);
});

test.each([
  ["analytics", ["AuthorizeEndpointAccess", "RegisterNamespace"]],
  ["analytics/before", ["AuthorizeEndpointAccess", "AuthorizeSnapshotAccess", "AuthorizeDataShare", "RegisterNamespace"]],
])("an account as a whole on %s can have access by %j", async (resource, calls) => {
  const { stdout, code } = await run([
    "explain",
    "--service",
    "redshift",
    "--resource",
    resource,
    "--owner",
    "345678901234",
    "--json",
    ...at,
  ]);
  const { grant, sameFor } = JSON.parse(stdout);

  expect([code, [grant.authorization, ...sameFor]]).toEqual([3, calls]);
});

test("the owner self is the account of --account", async () => {
  const asked = ["explain", "--service", "redshift", "--resource", "analytics", "--owner", "self", "--account", "3456-7890-1234", "--json"];
  const explained = JSON.parse((await run([...asked, ...at])).stdout);

  expect(explained).toMatchObject({
    grant: { source: { kind: "account", owner: "345678901234" } },
    decision: { statements: ["own-accounts"] },
  });
});

test("uses the only call that accepts the source, and keeps the case of a datashare's name", async () => {
  const explained = await Promise.all(
    [
      ["--range", "10.0.0.0/8", "--authorization", "AuthorizeClusterSecurityGroupIngress"],
      ["--owner", "111122223333", "--security-group", "Web"],
      ["--owner", "111122223333", "--security-group", "sg-0fedcba9876543210"],
      ["--owner", "ADX"],
    ].map((source) => run(["explain", "--service", "redshift", "--resource", "ns/Sales", "--json", ...source, ...at])),
  );

  expect(explained.map(({ stdout }) => JSON.parse(stdout).grant)).toMatchObject([
    { authorization: "AuthorizeClusterSecurityGroupIngress", resource: "ns/sales" },
    { authorization: "AuthorizeClusterSecurityGroupIngress", resource: "ns/sales" },
    { authorization: "AuthorizeSecurityGroupIngress", resource: "ns/sales" },
    { authorization: "AuthorizeDataShare", resource: "ns/Sales" },
  ]);
});

test.each([
  [["explain", "--service", "redshft", "--resource", "a", "--range", "10.0.0.0/8"], "valid services are elasticache"],
  [["explain", "--service", "redshift", "--resource", "a"], "exactly one source: --range, --owner or --prefix-list"],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.0/8", "--prefix-list", "pl-63a5400a"],
    "exactly one source: --range, ",
  ],
  [["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-x"], "such as pl-63a5400a"],
  [["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.1"], "write CIDR notation"],
  [["explain", "--service", "redshift", "--resource", "a", "--owner", "12"], "12 digits, or self"],
  [["explain", "--service", "elasticache", "--resource", "a", "--range", "10.0.0.0/8", "--region", "paris"], "such as eu-west-1"],
  [["explain", "--service", "elasticache", "--resource", "a\u009b1m", "--range", "10.0.0.0/8"], '"a\\u{9b}1m": AWS accepts no such name'],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.0/8", "--account", "self"],
    '--account is "self": write an account id of 12 digits\n',
  ],
  [["explain", "--service", "redshift", "--resource", "nightly", "--owner", "amazon-redshift-support"], "write cluster/snapshot"],
  [["explain", "--service", "redshift", "--resource", "sales", "--owner", "ADX"], "write namespace/share"],
  [
    ["explain", "--service", "redshift", "--resource", "a/b", "--owner", "ADX", "--authorization", "AuthorizeSnapshotAccess"],
    "AuthorizeSnapshotAccess accepts no ADX",
  ],
  [
    ["explain", "--service", "redshift-serverless", "--resource", "a", "--owner", "111122223333", "--security-group", "etl"],
    "redshift-serverless accepts no security group by its name",
  ],
  [["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", ""], '--security-group is ""'],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", "a\u001b[2J\u202e"],
    '"a\\u001b[2J\\u{202e}": AWS accepts no such name',
  ],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", "sg-Web"],
    '"sg-Web": AWS accepts no such name',
  ],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-63a5400a", "--at", "\u009b\u202e"],
    '"\\u{9b}\\u{202e}": write a date',
  ],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.0/8", "--authorization", "AuthorizeDataShare"],
    "AuthorizeDataShare accepts no range",
  ],
  [
    ["explain", "--service", "redshift", "--resource", "a", "--owner", "ADX", "--authorization", "AuthorizeDatashare"],
    '"AuthorizeDatashare": the authorizations of redshift are AuthorizeCluster',
  ],
  [["explain", "--service", "elasticache", "--resource", "a", "--owner", "ADX"], "elasticache accepts no account as a whole"],
])("wrong usage prints one line with the fix and exits with 2: %j", async (args, words) => {
  expectWrongUsage(await run(args), words);
});
