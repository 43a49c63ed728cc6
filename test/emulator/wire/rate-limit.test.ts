import { DescribeSecurityGroupsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { DescribeCacheClustersCommand } from "@aws-sdk/client-elasticache";
import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { ec2Client, elasticacheClient, passTime, post, redshiftClient, refusalOf, serverlessClient } from "../clients.ts";

const limited = "RequestLimitExceeded RequestLimitExceeded 503";

/** The result of each of several calls of one action. */
async function results(emulator: Emulator, count: number, options = {}) {
  const client = ec2Client(emulator, options);
  const found: string[] = [];
  for (let n = 0; n < count; n += 1) found.push(await refusalOf(client.send(new DescribeVpcsCommand({}))));
  return found;
}

test("a bucket answers its burst, and then what it is filled with each second, up to the burst", async () => {
  const elapse = passTime();
  await using emulator = await startEmulator();
  expect(new Set(await results(emulator, 30))).toEqual(new Set(["no error"]));
  // So slow that the time the calls themselves take adds no token.
  emulator.limitRate({ perSecond: 0.01, burst: 3 });

  expect(await results(emulator, 4)).toEqual(["no error", "no error", "no error", limited]);
  elapse(200_000);
  expect(await results(emulator, 3)).toEqual(["no error", "no error", limited]);
  elapse(900_000);
  expect(await results(emulator, 4)).toEqual(["no error", "no error", "no error", limited]);
  emulator.limitRate(undefined);
  expect(await results(emulator, 1)).toEqual(["no error"]);
});

test("each action, account and Region has a bucket of its own", async () => {
  await using emulator = await startEmulator();
  emulator.limitRate({ perSecond: 0.01, burst: 1 });
  expect(await results(emulator, 2)).toEqual(["no error", limited]);
  expect(await results(emulator, 2, { account: "210987654321" })).toEqual(["no error", limited]);
  expect(await results(emulator, 2, { region: "us-east-1" })).toEqual(["no error", limited]);
  expect(await refusalOf(ec2Client(emulator).send(new DescribeSecurityGroupsCommand({})))).toBe("no error");
});

test("each service has its own code, and the SDK knows that it is throttled", async () => {
  await using emulator = await startEmulator();
  const calls = [
    () => elasticacheClient(emulator).send(new DescribeCacheClustersCommand({})),
    () => redshiftClient(emulator).send(new DescribeClustersCommand({})),
    () => serverlessClient(emulator).send(new ListWorkgroupsCommand({})),
  ];
  emulator.limitRate({ perSecond: 0.01, burst: 1 });
  for (const call of calls) await call();
  expect(await Promise.all(calls.map((call) => refusalOf(call())))).toEqual([
    "Throttling Throttling 400",
    "Throttling Throttling 400",
    "ThrottlingException - 400",
  ]);
  emulator.limitRate({ perSecond: 5, burst: 1 });
  for (let n = 0; n < 2; n += 1) await elasticacheClient(emulator, { maxAttempts: 10 }).send(new DescribeCacheClustersCommand({}));
  expect(emulator.requests.length).toBeGreaterThan(8);
});

test("the log says which requests were throttled, and a throttled request takes no effect and uses up no fault", async () => {
  await using emulator = await startEmulator();
  emulator.limitRate({ perSecond: 0.01, burst: 2 });
  emulator.fail({ action: "DescribeVpcs", after: 1, times: 2, answer: "error", code: "RequestLimitExceeded", status: 503 });
  await results(emulator, 3);
  emulator.limitRate(undefined);
  await results(emulator, 2);
  expect(emulator.requests.map(({ status, applied, throttled }) => [status, applied, throttled])).toEqual([
    [200, true, undefined],
    [503, false, undefined],
    [503, false, true],
    [503, false, undefined],
    [200, true, undefined],
  ]);
});

test("a share of all requests is throttled, evenly spread, until it is taken away", async () => {
  await using emulator = await startEmulator();
  const throttledAt = () => emulator.requests.flatMap(({ throttled }, n) => (throttled === true ? [n + 1] : []));
  emulator.throttleShare(0.25);
  for (let n = 0; n < 4; n += 1) {
    await results(emulator, 1, { account: n % 2 === 0 ? "111111111111" : "222222222222" });
    await refusalOf(redshiftClient(emulator).send(new DescribeClustersCommand({})));
  }
  expect(throttledAt()).toEqual([4, 8]);
  expect(emulator.requests[3]).toMatchObject({ service: "redshift", code: "Throttling", status: 400, applied: false });

  emulator.throttleShare(undefined);
  await results(emulator, 8);
  expect(throttledAt()).toEqual([4, 8]);
  emulator.throttleShare(1);
  expect(await results(emulator, 2)).toEqual([limited, limited]);
});

test.each([
  [0.1, 1000, 100],
  [0.29, 100, 29],
  [0.5, 3, 1],
])("a share of %d of %d requests are %d", async (share, count, throttled) => {
  await using emulator = await startEmulator();
  emulator.throttleShare(share);
  await Promise.all(Array.from({ length: count }, () => post(emulator, "ec2", "Action=DescribeVpcs&Version=2016-11-15")));
  expect(emulator.requests.filter((request) => request.throttled === true)).toHaveLength(throttled);
});
