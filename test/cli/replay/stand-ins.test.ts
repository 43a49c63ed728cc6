import { expect, test } from "vitest";
import { itemsOf, later, vpcEvent } from "../../support/vpc-events.ts";
import { sharedProcess } from "../shared-process.ts";
import { expectWrongUsage } from "../wrong-usage.ts";
import { outcomesIn, problemsIn } from "./results.ts";

const web = "sg-0a1b2c3d4e5f60718";
const etl = "sg-0fedcba9876543210";
const run = sharedProcess();

/** The record of a rule for a port, for everyone. */
function opened(groupId: string, port: number): object {
  const permission = { ipProtocol: "tcp", fromPort: port, toPort: port, ipRanges: itemsOf([{ cidrIp: "0.0.0.0/0" }]) };
  return later(vpcEvent("AuthorizeSecurityGroupIngress", { groupId, ipPermissions: itemsOf([permission]) }, { _return: true }));
}

async function replayed(events: readonly object[], stores: readonly string[]) {
  const flags = stores.flatMap((store) => ["--store", store]);
  const input = events.map((event) => JSON.stringify(event)).join("\n");
  const { stdout, stderr } = await run(["replay", "-", "--json", "--mode", "enforce", ...flags], { input });
  return { stores: outcomesIn(stdout).map(({ grant }) => grant.stores), notes: problemsIn(stderr) };
}

test.each([
  [`${web}=redshift:DWH-prod`, 5439, "redshift", "dwh-prod"],
  [`${web}=redshift:dwh:5455`, 5455, "redshift", "dwh"],
  [`${web}=elasticache:sessions:7000`, 7000, "elasticache", "sessions"],
  [`${web}=elasticache-serverless:sessions`, 6380, "elasticache", "sessions"],
  [`${web}=redshift-serverless:reports:8191`, 8191, "redshift-serverless", "reports"],
])("with --store %s, a rule for port %i reaches it, and nothing is assumed", async (store, port, service, resource) => {
  expect(await replayed([opened(web, port)], [store])).toEqual({ stores: [[{ service, resource }]], notes: "" });
});

test("a port that the store does not have is out of scope", async () => {
  expect(await replayed([opened(web, 5439)], [`${web}=redshift:dwh:5440`])).toEqual({ stores: [[]], notes: "" });
});

test("a list, and several groups, of which one is not named", async () => {
  const events = [opened(web, 5439), opened(etl, 6379), opened("sg-12345678", 6379)];
  const stores = [`${web}=redshift:dwh,redshift-serverless:reports`, `${etl}=elasticache:sessions`];

  expect(await replayed(events, stores)).toEqual({
    stores: [
      [
        { service: "redshift", resource: "dwh" },
        { service: "redshift-serverless", resource: "reports" },
      ],
      [{ service: "elasticache", resource: "sessions" }],
      [{ service: "elasticache", resource: "replayed-cache" }],
    ],
    notes: "assumed: elasticache replayed-cache and redshift replayed-cluster behind sg-12345678; see --store\n",
  });
});

test.each(
  [
    "",
    web,
    `${web}=`,
    `web=redshift:dwh`,
    `${web}=redshift`,
    `${web}=redshift:`,
    `${web}=dynamodb:dwh`,
    `${web}=toString:dwh`,
    `${web}=redshift:dwh,`,
    `${web}=redshift:dwh:5439:5440`,
    `${web}=redshift:${"a".repeat(64)}`,
    `${web}=redshift:\u212awh`,
    `${web}=elasticache:a\u009bb`,
  ].map((text) => [text]),
)("a malformed --store exits with 2 and shows the form: %j", async (text) => {
  expectWrongUsage(await run(["replay", "--store", text]), "write GROUP=SERVICE:NAME[:PORT]");
});

test.each([
  [[`${web}=redshift:dwh`, `${web}=elasticache:x`], `--store names ${web} twice`],
  [[`${web}=redshift:dwh,redshift:DWH`], "names redshift dwh twice"],
  [[`${web}=redshift:dwh:5439`, `${etl}=redshift:dwh:5440`], "gives redshift dwh two ports"],
  [[`${web}=redshift:dwh:80`], "the port of redshift can be 1150 to 65535"],
  [[`${web}=elasticache:x:0`], "the port of elasticache can be 1 to 65535"],
  [[`${web}=elasticache:x:6379x`], "the port of elasticache can be"],
  [[`${web}=redshift-serverless:dwh:6000`], "can be 5431 to 5455 or 8191 to 8215"],
  [[`${web}=redshift-serverless:wg`], "a name of redshift-serverless has 3 to 64 characters"],
  [[`${web}=elasticache-serverless:x:6379`], "elasticache-serverless takes no port"],
])("--store %j exits with 2 and says what to change", async (stores, words) => {
  expectWrongUsage(await run(["replay", ...stores.flatMap((store) => ["--store", store])]), words);
});

test("--store for groups that no event is about is one line, and the exit code stays", async () => {
  const etlStore = `${etl}=elasticache:sessions`;
  const unused = `--store was not used for ${etl}: no judged event is about a security group of this id\n`;
  const sample = "events/AuthorizeClusterSecurityGroupIngress/permitted-range.json";

  expect(await replayed([opened(web, 5439)], [`${web}=redshift:dwh`, etlStore])).toMatchObject({ notes: unused });
  expect(await run(["replay", sample, "--store", etlStore, "--at", "2026-11-21"])).toMatchObject({ stderr: unused, code: 0 });
});

test("--store is refused where there is no emulator", async () => {
  const args = ["replay", "--store", `${web}=redshift:dwh`, "--endpoint", "http://127.0.0.1:9"];
  expectWrongUsage(await run(args), "cannot be given with --endpoint");
});
