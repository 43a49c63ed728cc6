import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import type { Source } from "#domain/source.ts";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { authorize, caseOf } from "../../support/authorizations.ts";
import { eventOf } from "../../support/events.ts";
import { grantTo, home, id } from "../../support/grants.ts";
import { permitsNobody } from "../../support/scene.ts";
import { account, type EmulatedLambda, startLambda } from "./emulated-lambda.ts";

/** `npm run test:runtime` sets both: Lambda's runtime interface emulator, and a deployment package, unpacked. */
const { RIE: rie = "", DIST: dist = "" } = process.env;
const cluster = caseOf("AuthorizeClusterSecurityGroupIngress");
const place = { ...home, account: id(account) };
const open = grantOf({ kind: "range", range: "0.0.0.0/0" });
const calls = () => aws.requests.filter(({ action }) => /^(Revoke|Deauthorize|Describe)/.test(action));
const results = ({ outcomes }: Awaited<ReturnType<EmulatedLambda["invoke"]>>) => outcomes?.map(({ result }) => result);
let folder: string;
let aws: Emulator;

function grantOf(source: Source): Grant {
  return grantTo(source, cluster, { place });
}

describe("the package in Lambda's runtime", () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ingress-warden-runtime-"));
    await cp(dist, folder, { recursive: true });
    await writeFile(join(folder, "policy.json"), JSON.stringify(permitsNobody));
    aws = await startEmulator({ createMissing: true });
    await authorize(aws.url, cluster, open);
  });

  afterEach(async () => {
    await aws.close();
    await rm(folder, { recursive: true });
  });

  const start = (timeout = 60, env: Readonly<Record<string, string>> = {}) =>
    startLambda(rie, folder, { timeout, env: { AWS_ENDPOINT_URL: aws.url, WATCH: "redshift", ...env } });

  test("revokes a grant on a cold start, and finds it gone on a warm one", async () => {
    await using lambda = await start();

    expect(results(await lambda.invoke(eventOf(open)))).toEqual(["revoked"]);
    expect(results(await lambda.invoke(eventOf(open)))).toEqual(["alreadyGone"]);
    expect(lambda.log()).toMatchObject([
      { level: "WARN", cold_start: true, function_name: "ingress-warden", outcome: { result: "revoked" } },
      { level: "INFO", cold_start: false, correlation_id: eventOf(open).detail["eventID"], outcome: { result: "alreadyGone" } },
    ]);
  });

  test("with the packed policy in audit mode it reports and calls nothing", async () => {
    await cp(join(dist, "policy.json"), join(folder, "policy.json"));
    await using lambda = await start(60, { MODE: "audit" });

    expect(results(await lambda.invoke(eventOf(open)))).toEqual(["reported"]);
    expect(calls()).toEqual([]);
  });

  test("an invalid policy fails every invocation with the position, and calls nothing", async () => {
    await writeFile(join(folder, "policy.json"), '{ "mode": "enforce", "permit": [] }');
    await using lambda = await start();

    for (const answer of [await lambda.invoke(eventOf(open)), await lambda.invoke(eventOf(open))])
      expect(answer).toMatchObject({ errorType: "UsageError", errorMessage: expect.stringMatching(/policy\.json:1:32: \[\]: is empty/) });
    expect(calls()).toEqual([]);
  });

  test("a broken bundle fails with its error", async () => {
    const bundle = await readFile(join(folder, "lambda.mjs"), "utf8");
    await writeFile(join(folder, "lambda.mjs"), bundle.slice(0, bundle.length / 2));
    await using lambda = await start();

    expect(await lambda.invoke(eventOf(open))).toMatchObject({ errorType: "SyntaxError" });
  });

  test("without an answer from AWS it ends in time with its outcome, and handles the next event", async () => {
    aws.fail({ answer: "never", times: Number.POSITIVE_INFINITY });
    await using lambda = await start(4);

    const failed = await lambda.invoke(eventOf(open));
    aws.heal();

    expect(failed).toMatchObject({
      errorType: "InvocationError",
      errorMessage: expect.stringMatching(/^failed redshift payroll 0\.0\.0\.0\/0/),
    });
    expect(results(await lambda.invoke(eventOf(open)))).toEqual(["revoked"]);
    expect(lambda.log()).toMatchObject([{ level: "ERROR", outcome: { result: "failed" } }, { outcome: { result: "revoked" } }]);
  });

  test("after Lambda stops it the next attempt revokes the grant", async () => {
    aws.fail({ answer: "never", times: Number.POSITIVE_INFINITY });
    await using lambda = await start(2, { CUT_OFF_EARLY: "60000" });

    const cutOff = await lambda.invoke(eventOf(open));
    aws.heal();

    expect(cutOff.errorMessage).toMatch(/Task timed out after 2\.00 seconds/);
    expect(results(await lambda.invoke(eventOf(open)))).toEqual(["revoked"]);
  });

  test("a revoke that AWS refuses fails the invocation, which names the grant", async () => {
    aws.fail({ answer: "error", code: "AccessDenied", status: 403, message: "not authorized to perform: redshift:Revoke" });
    await using lambda = await start();

    const answer = await lambda.invoke(eventOf(open));

    expect(answer).toMatchObject({
      errorType: "InvocationError",
      errorMessage: expect.stringContaining("failed redshift payroll 0.0.0.0/0: AccessDenied"),
    });
    expect(answer.outcomes).toBeUndefined();
  });

  test("1,000 invocations in a row succeed, and memory does not grow", { timeout: 240_000 }, async () => {
    await using lambda = await start();
    const ends = new Map<string, number>();
    // V8 still compiles and optimizes during the first 700.
    for (let n = 0; n < 1_700; n++) {
      const grant = grantOf({ kind: "range", range: `10.${n >> 8}.${n & 255}.0/24` });
      await authorize(aws.url, cluster, grant);
      const end = String(results(await lambda.invoke(eventOf(grant))));
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }

    expect([...ends]).toEqual([["revoked", 1_700]]);
    const memory = [...lambda.printed().matchAll(/^memory (.*)$/gm)].map(([, text = ""]) => JSON.parse(text));
    const [early, late] = [700, 1_700].map((wanted) => memory.find(({ count }) => count === wanted));
    console.log(`after 700 invocations ${JSON.stringify(early)}, after 1,000 more ${JSON.stringify(late)}`);
    expect(late.heapUsed - early.heapUsed).toBeLessThan(500_000);
    // What V8 holds in reserve for short-lived objects may still grow, up to 48 MB; the heap above would not show buffers.
    expect(late.rss - early.rss).toBeLessThan(64_000_000);
  });
});
