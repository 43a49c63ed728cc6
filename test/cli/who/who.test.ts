import { CreateClusterSnapshotCommand } from "@aws-sdk/client-redshift";
import { expect, onTestFinished, test } from "vitest";
import { redshiftClient } from "../../emulator/clients.ts";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, clusterBehind, shareSnapshot, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";

const run = sharedProcess();
const put = temporaryFiles();

const policy = {
  mode: "enforce",
  permit: [
    { name: "office", ranges: ["203.0.113.0/25"], until: "2099-06-30" },
    { name: "office-guests", ranges: ["203.0.113.128/25"], until: "2099-01-31" },
    { name: "auditor", owners: ["999988887777"], reason: "=SUM(A1)" },
  ],
};

async function world() {
  const started = await startWorld();
  onTestFinished(() => started.emulator.close());
  const file = await put("policy.json", JSON.stringify(policy));
  return { ...started, who: (...args: string[]) => run(["who", ...args, "--policy", file], { env: started.env }) };
}

test("prints each source of a store, by which statements it is permitted, and until when", async () => {
  const { emulator, who } = await world();
  const group = await cacheBehind(emulator, "sessions", [
    ["203.0.113.0/24", 6379],
    ["198.51.100.0/24", 6379],
    ["0.0.0.0/0", 22],
  ]);
  await cacheBehind(emulator, "others", [["0.0.0.0/0", 6379]]);
  const { code, stdout } = await who("Sessions");
  const cells = stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(cells).toMatchObject([
    ["account", "region", "service", "resource", "source", "ports", "call", "verdict", "by", "until", "why"],
    [
      "123456789012",
      "eu-west-1",
      "elasticache",
      "sessions",
      "203.0.113.0/24",
      "tcp 6379",
      "AuthorizeSecurityGroupIngress",
      "permitted",
      "office + office-guests",
      "2099-01-31",
    ],
    [
      "123456789012",
      "eu-west-1",
      "elasticache",
      "sessions",
      "198.51.100.0/24",
      "tcp 6379",
      "AuthorizeSecurityGroupIngress",
      "violation",
      expect.stringContaining("in no permitted range"),
    ],
    [""],
    ["2 sources"],
    [""],
  ]);
  expect(code).toBe(3);
  expect((await who(group)).stdout).toContain("sessions");
});

test("a cluster's snapshots belong to it, and --csv is safe for a spreadsheet", async () => {
  const { emulator, who } = await world();
  await clusterBehind(emulator, "dwh", await cacheBehind(emulator, "sessions", []));
  await redshiftClient(emulator).send(new CreateClusterSnapshotCommand({ ClusterIdentifier: "dwh", SnapshotIdentifier: "before-dwh" }));
  await shareSnapshot(emulator, "dwh", "999988887777");
  const { code, stdout } = await who("dwh", "--csv");
  expect(stdout).toBe(
    "account,region,service,resource,source,ports,call,verdict,by,until,why\r\n" +
      "123456789012,eu-west-1,redshift,dwh/before-dwh,999988887777,,AuthorizeSnapshotAccess,permitted,auditor,,'=SUM(A1)\r\n",
  );
  expect(code).toBe(0);
});

test("a store that lets in nobody is told apart from a name that does not exist", async () => {
  const { emulator, who } = await world();
  await cacheBehind(emulator, "sessions", []);
  expect(await who("sessions")).toMatchObject({ code: 0, stdout: expect.stringContaining("0 sources") });
  expect(await who("session")).toMatchObject({ code: 1, stderr: 'nothing is named "session" in 1 place\n' });
});

test("a place that cannot be listed is exit code 1: someone may be missing", async () => {
  const { emulator, who } = await world();
  await cacheBehind(emulator, "sessions", [["203.0.113.0/25", 6379]]);
  emulator.fail({ action: "DescribeClusterSnapshots", answer: "error", code: "AccessDenied", status: 403 });
  expect(await who("sessions")).toMatchObject({ code: 1, stderr: expect.stringContaining("someone may be missing here") });
});

test("needs one resource", async () => {
  const { who } = await world();
  expect(await who()).toMatchObject({ code: 2, stderr: expect.stringContaining("who takes one resource") });
});
