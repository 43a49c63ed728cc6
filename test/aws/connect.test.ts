import { DescribeCacheSecurityGroupsCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test, vi } from "vitest";
import { connect } from "#aws/connect.ts";
import { elasticache } from "#aws/elasticache.ts";
import { AwsFailure, meaningOf } from "#aws/failure.ts";
import { persist } from "#aws/send.ts";
import { type Misbehaviour, startEmulator } from "#emulator/index.ts";
import { elasticacheClient } from "../emulator/clients.ts";
import { until } from "../support/authorizations.ts";
import { home, id } from "../support/grants.ts";

describe("what an answer means", () => {
  const error = (code: string, status: number): Misbehaviour => ({ answer: "error", code, status });
  const garbled = (body: "empty" | "html" | "text" | "truncated", status: number): Misbehaviour => ({ answer: "garbled", body, status });

  test.concurrent.each<[string, Misbehaviour]>([
    ["notFound", error("AuthorizationNotFound", 404)],
    ["notFound", error("AuthorizationNotFoundFault", 404)],
    ["notFound", error("CacheSecurityGroupNotFound", 404)],
    ["notFound", error("AuthorizationNotFound", 400)],
    ["notFound", error("InvalidDataShareFault", 400)],
    ["retry", error("Throttling", 400)],
    ["retry", error("ThrottlingException", 400)],
    ["retry", error("DependentServiceRequestThrottlingFault", 400)],
    ["retry", error("RequestLimitExceeded", 503)],
    ["retry", error("RequestTimeout", 408)],
    ["retry", error("InternalFailure", 500)],
    ["retry", error("ServiceUnavailable", 503)],
    ["retry", error("CacheSecurityGroupNotFound", 500)],
    ["retry", error("InvalidCacheSecurityGroupState", 400)],
    ["retry", error("InvalidClusterSecurityGroupStateFault", 400)],
    ["refused", error("AccessDenied", 403)],
    ["refused", error("ExpiredToken", 403)],
    ["refused", error("InvalidParameterValue", 400)],
    ["refused", error("InvalidParameterCombination", 400)],
    ["refused", error("ValidationError", 400)],
    ["refused", error("StateInvalid", 400)],
    ["retry", garbled("empty", 500)],
    ["retry", garbled("html", 503)],
    ["retry", garbled("text", 502)],
    ["retry", garbled("truncated", 200)],
    ["retry", garbled("html", 404)],
    ["retry", { answer: "reset" }],
    ["retry", { answer: "never" }],
  ])("%s: %j", async (meaning, misbehaviour) => {
    await using emulator = await startEmulator();
    emulator.fail(misbehaviour);
    const abortSignal = AbortSignal.timeout(1_000);
    const thrown = await elasticacheClient(emulator)
      .send(new DescribeCacheSecurityGroupsCommand({}), { abortSignal })
      .catch((failure: unknown) => failure);
    expect(meaningOf(thrown)).toBe(meaning);
  });

  test("retry: the endpoint refuses the connection", async () => {
    const emulator = await startEmulator();
    await emulator.close();
    const asked = elasticacheClient(emulator).send(new DescribeCacheSecurityGroupsCommand({}));
    expect(meaningOf(await asked.catch((failure: unknown) => failure))).toBe("retry");
  });

  test("refused: there are no credentials", () => {
    expect(meaningOf(Object.assign(new Error("Could not load"), { name: "CredentialsProviderError" }))).toBe("refused");
  });

  test("retry: what is thrown is not an Error", () => {
    for (const thrown of [undefined, null, "AccessDenied", { $fault: "client" }]) expect(meaningOf(thrown)).toBe("retry");
  });
});

test("an attempt is limited to ten seconds however much time is left", async () => {
  const timeout = vi.spyOn(AbortSignal, "timeout");
  await persist(until(600_000), async () => "done");
  expect(timeout.mock.calls).toEqual([[10_000]]);
  timeout.mockRestore();
});

test("the calls of each account are signed with its own credentials", async () => {
  await using emulator = await startEmulator();
  const aws = connect({ endpoint: emulator.url, credentials: ({ account }) => ({ accessKeyId: account, secretAccessKey: "x" }) });
  const accounts = [home.account, id("210987654321"), home.account];
  for (const account of accounts) {
    const send = aws.sender({ ...home, account }, until(5_000));
    await send(elasticache, new DescribeCacheSecurityGroupsCommand({}), "CacheSecurityGroups");
  }
  aws.destroy();
  expect(emulator.requests.map(({ account }) => account)).toEqual(accounts);
});

describe.concurrent("persist", () => {
  const fails = (failure: unknown) => async () => Promise.reject(failure);
  const refusal = Object.assign(new Error("not you"), { name: "AccessDenied", $fault: "client", $metadata: { httpStatusCode: 403 } });

  /** The failure, and the milliseconds until it. */
  async function failureOf(asked: Promise<unknown>): Promise<{ failure: AwsFailure; took: number }> {
    const before = Date.now();
    const failure = await asked.catch((error: unknown) => error);
    if (!(failure instanceof AwsFailure)) throw new Error(`Not an AwsFailure: ${failure}`);
    return { failure, took: Date.now() - before };
  }

  test("returns the result of work that succeeds, after one attempt", async () => {
    let asked = 0;
    expect(await persist(until(1_000), async () => ++asked)).toBe(1);
  });

  test("retries until the work succeeds", async () => {
    let asked = 0;
    const work = async () => (++asked < 3 ? Promise.reject(new Error("reset")) : asked);
    expect(await persist(until(5_000), work)).toBe(3);
  });

  test("a refusal is final", async () => {
    const { failure, took } = await failureOf(persist(until(5_000), fails(refusal)));
    expect(failure).toMatchObject({ meaning: "refused", attempts: 1, message: "AccessDenied: not you" });
    expect(failure.toOutcome()).toEqual({ name: "AccessDenied", message: "not you", attempts: 1, retryable: false });
    expect(took).toBeLessThan(100);
  });

  test("a code that the caller expects is not retried, and can be given another meaning", async () => {
    const state = Object.assign(new Error("busy"), { name: "InvalidEndpointStateFault", $fault: "client", $metadata: {} });
    const { failure } = await failureOf(persist(until(5_000), fails(state), ["InvalidEndpointState"]));
    expect(failure).toMatchObject({ meaning: "retry", code: "InvalidEndpointState", attempts: 1 });
    expect(failure.as("notFound")).toMatchObject({ meaning: "notFound", message: "InvalidEndpointStateFault: busy" });
    const explained = { name: "InvalidEndpointStateFault", message: "has endpoints", attempts: 1, retryable: false };
    expect(failure.as("refused", "has endpoints").toOutcome()).toEqual(explained);
  });

  test("work that always fails ends by the deadline, with every attempt counted", async () => {
    let asked = 0;
    const { failure, took } = await failureOf(persist(until(700), async () => Promise.reject(new Error(`reset ${++asked}`))));
    expect(failure.toOutcome()).toEqual({ name: "Error", message: `reset ${asked}`, attempts: asked, retryable: true });
    expect(asked).toBeGreaterThan(1);
    expect(took).toBeLessThan(750);
  });

  test("an attempt without an answer takes half of the remaining time, never all of it", async () => {
    const waited: number[] = [];
    const silent = async (signal: AbortSignal) => {
      const before = Date.now();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      waited.push(Date.now() - before);
    };
    const silence = async (signal: AbortSignal) => silent(signal).finally(() => waited.push(Date.now()));
    const { took } = await failureOf(persist(until(1_001), silence));
    expect(took).toBeGreaterThan(500);
    expect(took).toBeLessThan(1_100);
    expect(waited.length).toBeGreaterThan(1);
  });

  test.each([0, -400, 1, 0.3, 33.3])("with %d ms left there is one attempt, and it can succeed", async (left) => {
    expect(await persist(until(left), async (signal) => signal.aborted)).toBe(false);
    expect((await failureOf(persist(until(Math.min(left, 0)), fails(new Error("reset"))))).failure.attempts).toBe(1);
  });

  test.each([-600, Number.NEGATIVE_INFINITY])(
    "with %d ms left nothing is attempted, so that the function can end in time",
    async (left) => {
      const { failure } = await failureOf(persist(until(left), async () => "done"));
      expect(failure).toMatchObject({ meaning: "retry", attempts: 0, message: "NoAnswer: AWS was not called: no time was left" });
    },
  );

  test("the text of a failure is printable, also where a log reads its cause", async () => {
    const { failure } = await failureOf(persist(until(0), fails(new Error("\u202e"))));
    expect(failure.cause).toBeUndefined();
    const error = Object.assign(new Error("x"), { $metadata: { requestId: "\u001b[31m" } });
    expect((await failureOf(persist(until(0), fails(error)))).failure.toOutcome().requestId).toBe("\\u{1b}[31m");
    expect(failure.message).toBe("Error: \\u{202e}");
  });
});
