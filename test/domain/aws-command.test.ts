import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { awsCommand } from "#domain/aws-command.ts";
import { isPrintable } from "#domain/text.ts";
import { home } from "../support/grants.ts";
import { hostileNames } from "../support/hostile-names.ts";

const command = (input: Readonly<Record<string, unknown>>) => awsCommand("redshift", { operation: "AuthorizeEndpointAccess", input }, home);

test.each([
  [{ ClusterIdentifier: "payroll" }, "--cluster-identifier payroll"],
  [{ ClusterIdentifier: "Web Tier's" }, "--cluster-identifier 'Web Tier'\\''s'"],
  [{ ClusterIdentifier: "" }, "--cluster-identifier ''"],
  [{ ClusterIdentifier: "=ls" }, "--cluster-identifier '=ls'"],
  [{ ClusterIdentifier: "a file://b" }, "--cluster-identifier 'a file://b'"],
  [{ Account: "1", VpcIds: ["vpc-1", "$HOME"], Force: true }, "--account 1 --vpc-ids vpc-1 '$HOME' --force"],
  [{ EC2SecurityGroupName: "x" }, "--ec2-security-group-name x"],
  [{ IpPermissions: [{ Description: "file://it's\u0085" }] }, `--ip-permissions '[{"Description":"file://it'\\''s\\u0085"}]'`],
  ...["file://x", "fileb://x", "http://x", "https://x", "S3://x", "-x", "[x", "{x", " [x"].map((text): [object, string] => [
    { Account: "1", ClusterIdentifier: text },
    `--cli-input-json '{"Account":"1","ClusterIdentifier":"${text}"}'`,
  ]),
  [{ Account: "1", VpcIds: ["file://x"], Force: true }, `--cli-input-json '{"Account":"1","VpcIds":["file://x"],"Force":true}'`],
  [{ ClusterIdentifier: "a\nb\u0000\u202e" }, `--cli-input-json '{"ClusterIdentifier":"a\\nb\\u0000\\u202e"}'`],
])("the parameters %j are %s", (input, options) => {
  expect(command(input as Record<string, unknown>)).toBe(`aws redshift authorize-endpoint-access ${options} --region eu-west-1`);
});

test("a shell takes every command as one line with the arguments that were meant", () => {
  const names = hostileNames(1_000, 13);
  const lines = names.map((name) => command({ Account: "1", ClusterIdentifier: name }));
  expect(lines.filter((line) => !isPrintable(line))).toEqual([]);

  // None of the arguments has a line feed, so one can be printed on each line.
  const script = ['aws() { printf \'%s\\n\' "$4" "$5" "$6"; }', ...lines].join("\n");
  const { stdout, stderr } = spawnSync("/bin/sh", { input: script, encoding: "utf8" });

  expect(stderr).toBe("");
  const printed = stdout.split("\n");
  for (const [n, name] of names.entries()) {
    const [fourth = "", fifth, sixth] = printed.slice(3 * n);
    if (fifth === "--region") expect(JSON.parse(fourth)).toEqual({ Account: "1", ClusterIdentifier: name });
    else expect([fourth, fifth, sixth]).toEqual(["1", "--cluster-identifier", name]);
  }
});
