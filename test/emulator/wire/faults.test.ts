import {
  AuthorizeCacheSecurityGroupIngressCommand,
  DescribeCacheSecurityGroupsCommand,
  type ElastiCacheClient,
  RevokeCacheSecurityGroupIngressCommand,
} from "@aws-sdk/client-elasticache";
import { DescribeClusterSecurityGroupsCommand } from "@aws-sdk/client-redshift";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { type Misbehaviour, startEmulator } from "#emulator/index.ts";
import { elasticacheClient, redshiftClient, refusalOf, stsClient } from "../clients.ts";

const ingress = {
  CacheSecurityGroupName: "sessions",
  EC2SecurityGroupName: "web",
  EC2SecurityGroupOwnerId: "999988887777",
};
const action = "RevokeCacheSecurityGroupIngress";
const always = Number.POSITIVE_INFINITY;
const revoke = (client: ElastiCacheClient) => client.send(new RevokeCacheSecurityGroupIngressCommand(ingress));

/** An emulator with one entry to revoke, and a client with the SDK's default number of attempts. */
async function withOneEntry() {
  const emulator = await startEmulator({ createMissing: true });
  const client = elasticacheClient(emulator, { maxAttempts: 3 });
  await client.send(new AuthorizeCacheSecurityGroupIngressCommand(ingress));
  const entries = async () => {
    const { CacheSecurityGroups = [] } = await client.send(new DescribeCacheSecurityGroupsCommand(ingress));
    return CacheSecurityGroups[0]?.EC2SecurityGroups?.length;
  };
  const attempts = () => emulator.requests.filter((request) => request.action === action).length;
  return { emulator, client, entries, attempts, [Symbol.asyncDispose]: emulator.close };
}

describe.concurrent("what the SDK reports for a response", () => {
  test.each<[string, Misbehaviour, string, number]>([
    ["a modelled fault", error("AuthorizationNotFound", 404), "AuthorizationNotFoundFault AuthorizationNotFound 404", 1],
    ["Throttling", error("Throttling", 400), "Throttling Throttling 400", 3],
    ["RequestLimitExceeded", error("RequestLimitExceeded", 503), "RequestLimitExceeded RequestLimitExceeded 503", 3],
    ["InternalFailure", error("InternalFailure", 500), "InternalFailure InternalFailure 500", 3],
    ["AccessDenied", error("AccessDenied", 403), "AccessDenied AccessDenied 403", 1],
    ["ExpiredToken", error("ExpiredToken", 403), "ExpiredToken ExpiredToken 403", 1],
    ["500 with nothing", garbled("empty", 500), "Unknown - 500", 3],
    ["503 with a web page", garbled("html", 503), "Unknown - 503", 3],
    ["502 with plain text", garbled("text", 502), "Error - 502", 3],
    ["a reset", { answer: "reset" }, "TimeoutError - -", 3],
    ["200 with nothing", garbled("empty", 200), "no error", 1],
    ["200 with a web page", garbled("html", 200), "no error", 1],
    ["200 with half of the XML", garbled("truncated", 200), "Error - 200", 1],
  ])("%s", async (_case, misbehaviour, seen, attempted) => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ action, times: always, ...misbehaviour });

    expect(await refusalOf(revoke(scene.client))).toBe(seen);
    expect(scene.attempts()).toBe(attempted);
    expect(await scene.entries()).toBe(1);
    expect(scene.emulator.requests.find((request) => request.action === action)?.applied).toBe(false);
  });

  test.each<[string, Misbehaviour, string]>([
    ["an error", { ...error("InternalFailure", 500), applied: true }, "AuthorizationNotFoundFault AuthorizationNotFound 404"],
    ["a lost response", { answer: "reset", applied: true }, "AuthorizationNotFoundFault AuthorizationNotFound 404"],
    ["503 with nothing", { ...garbled("empty", 503), applied: true }, "AuthorizationNotFoundFault AuthorizationNotFound 404"],
    ["200 with nothing", { ...garbled("empty", 200), applied: true }, "no error"],
    ["half of the XML", { ...garbled("truncated", 200), applied: true }, "Error - 200"],
  ])("%s after the revoke took effect", async (_case, misbehaviour, seen) => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ action, ...misbehaviour });

    expect(await refusalOf(revoke(scene.client))).toBe(seen);
    expect(await scene.entries()).toBe(0);
    expect(scene.emulator.requests.find((request) => request.action === action)?.applied).toBe(true);
  });

  test("an error has the scripted message", async () => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ ...error("AccessDenied", 403), message: "not <you>" });
    await expect(revoke(scene.client)).rejects.toThrow("not <you>");
  });

  test("a late response is correct, and the request takes effect at once", async () => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ action, answer: "late", ms: 120 });

    const before = performance.now();
    const asked = revoke(scene.client);
    while (scene.attempts() === 0) await new Promise(setImmediate);
    expect(await scene.entries()).toBe(0);
    expect((await asked).CacheSecurityGroup?.EC2SecurityGroups?.[0]?.Status).toBe("revoking");
    expect(performance.now() - before).toBeGreaterThan(110);
  });

  test.each([false, true])("without a response, the caller waits until it aborts; applied: %s", async (applied) => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ action, answer: "never", applied });

    const abortSignal = AbortSignal.timeout(50);
    const command = new RevokeCacheSecurityGroupIngressCommand(ingress);
    expect(await refusalOf(scene.client.send(command, { abortSignal }))).toBe("AbortError - -");
    expect(await scene.entries()).toBe(applied ? 0 : 1);
  });

  test("a response can be rewritten", async () => {
    await using scene = await withOneEntry();
    scene.emulator.fail({ action, answer: "rewritten", rewrite: (correct) => correct.replace("revoking", "authorized") });

    const { CacheSecurityGroup } = await revoke(scene.client);

    expect(CacheSecurityGroup?.EC2SecurityGroups?.[0]?.Status).toBe("authorized");
    expect(await scene.entries()).toBe(0);
  });

  test("an error that a rewrite throws is the response", async () => {
    await using scene = await withOneEntry();
    const rewrite = () => {
      throw new Error("no such element");
    };
    scene.emulator.fail({ times: always, answer: "rewritten", rewrite });
    await expect(revoke(scene.client)).rejects.toThrow("no such element");
  });
});

describe("which requests a fault affects", () => {
  const describeGroups = new DescribeCacheSecurityGroupsCommand({});
  const throttled = error("Throttling", 400);

  async function answers(client: ElastiCacheClient, count: number): Promise<string> {
    const seen: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const refusal = await refusalOf(client.send(describeGroups));
      seen.push(refusal === "no error" ? "." : (refusal[0] ?? ""));
    }
    return seen.join("");
  }

  test("a fault affects one request, several, later ones, or all from then on", async () => {
    for (const [match, expected] of [
      [{}, "T....."],
      [{ times: 2 }, "TT...."],
      [{ after: 2 }, "..T..."],
      [{ after: 1, times: 3 }, ".TTT.."],
      [{ after: 3, times: always }, "...TTT"],
    ] as const) {
      await using emulator = await startEmulator();
      emulator.fail({ ...match, ...throttled });
      expect(await answers(elasticacheClient(emulator), 6)).toBe(expected);
    }
  });

  test("faults take effect in the order in which they were scripted", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ times: 2, ...throttled });
    emulator.fail({ ...error("ExpiredToken", 403) });
    expect(await answers(elasticacheClient(emulator), 5)).toBe("TTE..");
  });

  test("requests of other actions and services are not affected and not counted", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ action: "DescribeCacheSecurityGroups", after: 1, ...throttled });
    emulator.fail({ service: "redshift", ...error("ExpiredToken", 403) });
    const elasticache = elasticacheClient(emulator);
    const redshift = redshiftClient(emulator);

    expect(await refusalOf(revoke(elasticache))).toContain("CacheSecurityGroupNotFound 404");
    expect(await answers(elasticache, 3)).toBe(".T.");
    expect(await refusalOf(redshift.send(new DescribeClusterSecurityGroupsCommand({})))).toContain("ExpiredToken 403");
  });

  test("a fault can affect one account and one Region only, whoever signs the request there", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ account: "222222222222", region: "eu-west-2", times: always, ...throttled });
    emulator.addRole({ arn: "arn:aws:iam::222222222222:role/sweep" });
    const there = { account: "222222222222", region: "eu-west-2" };
    expect(await answers(elasticacheClient(emulator, there), 2)).toBe("TT");
    expect(await answers(elasticacheClient(emulator, { ...there, region: "eu-west-1" }), 2)).toBe("..");
    expect(await answers(elasticacheClient(emulator, { ...there, account: "111111111111" }), 2)).toBe("..");

    const input = { RoleArn: "arn:aws:iam::222222222222:role/sweep", RoleSessionName: "nightly" };
    const { Credentials } = await stsClient(emulator).send(new AssumeRoleCommand(input));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect(await answers(elasticacheClient(emulator, { credentials, region: "eu-west-2" }), 2)).toBe("TT");
    expect(await answers(elasticacheClient(emulator, { credentials }), 2)).toBe("..");
  });

  test("after heal(), no request fails", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ times: always, ...throttled });
    const client = elasticacheClient(emulator);
    expect(await answers(client, 2)).toBe("TT");
    emulator.heal();
    expect(await answers(client, 2)).toBe("..");
  });
});

function error(code: string, status: number) {
  return { answer: "error", code, status } as const;
}

function garbled(body: "empty" | "html" | "text" | "truncated", status: number) {
  return { answer: "garbled", body, status } as const;
}
