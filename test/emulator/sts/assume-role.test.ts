import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { CreateCacheSecurityGroupCommand, DescribeCacheSecurityGroupsCommand } from "@aws-sdk/client-elasticache";
import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import {
  type ClientOptions,
  ec2Client,
  elasticacheClient,
  passTime,
  post,
  redshiftClient,
  refusalOf,
  serverlessClient,
  stsClient,
} from "../clients.ts";

const arn = "arn:aws:iam::222222222222:role/audit/sweep";
const input = { RoleArn: arn, RoleSessionName: "nightly@1" };
const assume = (emulator: Emulator, more = {}) => stsClient(emulator).send(new AssumeRoleCommand({ ...input, ...more }));

/** The credentials of a new session of the role. */
async function session(emulator: Emulator, more = {}) {
  const { Credentials: { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = {} } = await assume(emulator, more);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** The results of a call to a service of each protocol. */
async function callsOf(emulator: Emulator, options: ClientOptions) {
  return Promise.all([
    refusalOf(stsClient(emulator, options).send(new GetCallerIdentityCommand({}))),
    refusalOf(redshiftClient(emulator, options).send(new DescribeClustersCommand({}))),
    refusalOf(ec2Client(emulator, options).send(new DescribeVpcsCommand({}))),
    refusalOf(serverlessClient(emulator, options).send(new ListWorkgroupsCommand({}))),
  ]);
}

const fine = ["no error", "no error", "no error", "no error"];
const invalid = [
  "InvalidClientTokenId InvalidClientTokenId 403",
  "InvalidClientTokenId InvalidClientTokenId 403",
  "AuthFailure AuthFailure 401",
  "UnrecognizedClientException - 400",
];
const expired = [
  "ExpiredToken ExpiredToken 403",
  "ExpiredToken ExpiredToken 403",
  "RequestExpired RequestExpired 400",
  "ExpiredTokenException - 400",
];

test("a session acts in the account of its role, and is who AWS says that it is", async () => {
  await using emulator = await startEmulator();
  emulator.addRole({ arn });
  const { Credentials, AssumedRoleUser } = await assume(emulator, { DurationSeconds: 900 });
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/);
  expect((Credentials?.Expiration?.getTime() ?? 0) - Date.now()).toBeGreaterThan(890_000);
  expect((Credentials?.Expiration?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(900_000);
  expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::222222222222:assumed-role/sweep/nightly@1");
  expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z0-9]+:nightly@1$/);

  const credentials = await session(emulator);
  expect(credentials.accessKeyId).not.toBe(Credentials?.AccessKeyId);
  expect(await stsClient(emulator, { credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    ...{ Account: "222222222222", Arn: AssumedRoleUser?.Arn, UserId: AssumedRoleUser?.AssumedRoleId },
  });
  const group = { CacheSecurityGroupName: "sessions" };
  await elasticacheClient(emulator, { account: "222222222222" }).send(new CreateCacheSecurityGroupCommand({ ...group, Description: "x" }));
  expect(await refusalOf(elasticacheClient(emulator, { credentials }).send(new DescribeCacheSecurityGroupsCommand(group)))).toBe(
    "no error",
  );
  expect(emulator.requests.at(-1)?.account).toBe("222222222222");
  expect(emulator.requests[0]).toMatchObject({ account: "123456789012", action: "AssumeRole", applied: true });
});

test("a caller that is no session is a user of its account", async () => {
  await using emulator = await startEmulator();
  const { Account, Arn } = await stsClient(emulator, { account: "333333333333" }).send(new GetCallerIdentityCommand({}));
  expect([Account, Arn]).toEqual(["333333333333", "arn:aws:iam::333333333333:user/emulated"]);
});

test("a role can answer for another account than the one that was asked for", async () => {
  await using emulator = await startEmulator();
  emulator.addRole({ arn, answersFor: "444444444444" });
  const credentials = await session(emulator);
  const { Account, Arn } = await stsClient(emulator, { credentials }).send(new GetCallerIdentityCommand({}));
  expect([Account, Arn]).toEqual(["444444444444", "arn:aws:sts::444444444444:assumed-role/sweep/nightly@1"]);
});

describe("a role is refused", () => {
  test.each([
    ["if it does not exist", { RoleArn: "arn:aws:iam::222222222222:role/other" }, "AccessDenied AccessDenied 403"],
    ["without its external id", {}, "AccessDenied AccessDenied 403"],
    ["with another external id", { ExternalId: "tulip" }, "AccessDenied AccessDenied 403"],
    ["with a short ARN", { RoleArn: "role/sweep" }, "ValidationError ValidationError 400"],
    ["with a session name of one character", { RoleSessionName: "a" }, "ValidationError ValidationError 400"],
    ["with a session name of 65 characters", { RoleSessionName: "a".repeat(65) }, "ValidationError ValidationError 400"],
    ["with a slash in the session name", { RoleSessionName: "a/b" }, "ValidationError ValidationError 400"],
    ["for less than 15 minutes", { DurationSeconds: 899 }, "ValidationError ValidationError 400"],
    ["for more than 12 hours", { DurationSeconds: 43_201 }, "ValidationError ValidationError 400"],
  ])("%s", async (_case, more, refusal) => {
    await using emulator = await startEmulator();
    emulator.addRole({ arn, externalId: "daffodil" });
    expect(await refusalOf(assume(emulator, more))).toBe(refusal);
    expect(await refusalOf(assume(emulator, { ExternalId: "daffodil" }))).toBe("no error");
  });

  test("in AWS's words", async () => {
    await using emulator = await startEmulator();
    const user = "arn:aws:iam::123456789012:user/emulated";
    await expect(assume(emulator)).rejects.toThrow(`User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
    await expect(assume(emulator, { RoleSessionName: "a:b" })).rejects.toThrow(
      "1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    );
    const unnamed = await post(emulator, "sts", `Action=AssumeRole&Version=2011-06-15&RoleArn=${arn}`);
    expect(await unnamed.text()).toContain("<Code>ValidationError</Code>");
  });

  test("by addRole if its ARN is not that of a role", async () => {
    await using emulator = await startEmulator();
    expect(() => emulator.addRole({ arn: "arn:aws:iam::222222222222:user/sweep" })).toThrow("not the ARN of a role");
  });
});

describe("temporary credentials are refused", () => {
  test("without their session token, or with another", async () => {
    await using emulator = await startEmulator();
    emulator.addRole({ arn });
    const { sessionToken, ...keys } = await session(emulator);
    expect(await callsOf(emulator, { credentials: { ...keys, sessionToken } })).toEqual(fine);
    expect(await callsOf(emulator, { credentials: keys })).toEqual(invalid);
    expect(await callsOf(emulator, { credentials: { ...keys, sessionToken: `${sessionToken}A` } })).toEqual(invalid);
    expect(emulator.requests.at(-1)).toMatchObject({ account: "222222222222", service: expect.stringMatching(/./), applied: false });
  });

  test("if the emulator did not give them out", async () => {
    await using emulator = await startEmulator();
    const credentials = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "x", sessionToken: "x" };
    expect(await callsOf(emulator, { credentials })).toEqual(invalid);
  });

  test("when they expire", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator();
    emulator.addRole({ arn });
    const credentials = await session(emulator, { DurationSeconds: 1800 });
    elapse(1_700_000);
    expect(await callsOf(emulator, { credentials })).toEqual(fine);
    elapse(100_000);
    expect(await callsOf(emulator, { credentials })).toEqual(expired);
  });

  test("when they expire after the seconds that the test has set", async () => {
    const elapse = passTime();
    await using emulator = await startEmulator();
    emulator.addRole({ arn, sessionSeconds: 60 });
    const credentials = await session(emulator, { DurationSeconds: 1800 });
    elapse(60_000);
    expect(await callsOf(emulator, { credentials })).toEqual(expired);
  });

  test("after clear(), which removes the roles, too", async () => {
    await using emulator = await startEmulator();
    emulator.addRole({ arn });
    const credentials = await session(emulator);
    emulator.clear();
    expect(await callsOf(emulator, { credentials })).toEqual(invalid);
    expect(await refusalOf(assume(emulator))).toBe("AccessDenied AccessDenied 403");
  });
});
