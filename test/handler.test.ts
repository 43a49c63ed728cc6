import { readFileSync } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readRecord } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import { logEach } from "#lambda/log.ts";
import { summary } from "#outcome/summary.ts";
import { authorize, caseOf, entriesOf, grantsOf } from "./support/authorizations.ts";
import { contextOf } from "./support/context.ts";
import { cutEventOf, eventOf } from "./support/events.ts";
import { grantTo, home } from "./support/grants.ts";
import { captureOutput } from "./support/output.ts";
import { permitsNobody, policyOf, type Scene, startScene, writes } from "./support/scene.ts";

const folder = new URL("../events/", import.meta.url);
const sample = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const enforced = await policyOf({ ...JSON.parse(readFileSync(new URL("../policy.json", import.meta.url), "utf8")), mode: "enforce" });
const at = Date.parse("2026-11-20T10:00:05Z");
const redshift = caseOf("AuthorizeClusterSecurityGroupIngress");
const [range, range6] = grantsOf(redshift) as [Grant, Grant];
const group = grantTo({ kind: "securityGroup", owner: home.account, securityGroup: "etl" }, redshift);

/** Makes the grants that the record claims. */
async function makeClaimed(scene: Scene, event: unknown, eventName: string): Promise<readonly Grant[]> {
  const entry = caseOf(eventName);
  const record = readRecord(event);
  const grants = record.failed ? [] : entry.event.claims(record).flatMap((claim) => ("grant" in claim ? claim.grant : []));
  for (const grant of grants) await authorize(scene.emulator.url, entry, grant);
  scene.requests();
  return grants;
}

test("an outcome has exactly these members", async () => {
  await using scene = await startScene({ policy: enforced, at });
  const event = sample("AuthorizeClusterSecurityGroupIngress/violating-partly-covered-range.json");
  await makeClaimed(scene, event, "AuthorizeClusterSecurityGroupIngress");

  const { outcomes } = await scene.invoke(event);

  expect(outcomes).toEqual([
    {
      result: "revoked",
      grant: {
        place: { partition: "aws", account: "123456789012", region: "eu-west-1" },
        service: "redshift",
        authorization: "AuthorizeClusterSecurityGroupIngress",
        resource: "analytics",
        source: { kind: "range", range: "203.0.112.0/23" },
      },
      decision: {
        verdict: "violation",
        reason: "203.0.112.0/24 is in no permitted range",
        uncovered: ["203.0.112.0/24"],
        uncoveredCount: 1,
      },
      event: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        time: "2026-11-20T10:00:00Z",
        name: "AuthorizeClusterSecurityGroupIngress",
        actor: "arn:aws:sts::123456789012:assumed-role/Admin/bob",
        sourceIp: "198.51.100.7",
        userAgent: expect.stringMatching(/^aws-cli/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      policy: { sha256: enforced.sha256, mode: "enforce" },
      undo: "aws redshift authorize-cluster-security-group-ingress --cluster-security-group-name analytics --cidrip 203.0.112.0/23 --region eu-west-1",
      permitWith: { name: expect.any(String), ranges: ["203.0.112.0/23"], services: ["redshift"], resources: ["analytics"] },
      elapsedMs: expect.any(Number),
    },
  ]);
  expect(enforced.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("the actor is the caller's ARN, or else the invoking service, the principal or unknown", async () => {
  await using scene = await startScene({ audit: true });
  const actorOf = async (userIdentity: unknown) => (await scene.invoke(eventOf(range, { userIdentity }))).outcomes[0]?.event?.actor;
  const principal = { principalId: "AIDAEXAMPLE" };
  expect(await actorOf({ ...principal, invokedBy: "rds.amazonaws.com", arn: "arn:aws:iam::123456789012:root" })).toMatch(/root$/);
  expect(await actorOf({ ...principal, invokedBy: "rds.amazonaws.com" })).toBe("rds.amazonaws.com");
  expect(await actorOf(principal)).toBe("AIDAEXAMPLE");
  expect(await actorOf(null)).toBe("unknown");
});

describe("the mode", () => {
  const permit = [{ name: "nobody", owners: ["000000000000"] }];
  test.each<[string, object, boolean, string, string]>([
    ["enforce revokes", { mode: "enforce" }, false, "enforce", "alreadyGone"],
    ["audit reports", { mode: "audit" }, false, "audit", "reported"],
    ["the function's audit mode overrides enforce", { mode: "enforce" }, true, "audit", "reported"],
    ["auditOnly reports within enforce", { mode: "enforce", auditOnly: [{ resources: ["pay*"] }] }, false, "audit", "reported"],
    ["auditOnly for other Regions has no effect", { mode: "enforce", auditOnly: [{ regions: ["us-*"] }] }, false, "enforce", "alreadyGone"],
    ["enforceOnly revokes within audit", { mode: "audit", enforceOnly: [{ services: ["redshift"] }] }, false, "enforce", "alreadyGone"],
    [
      "the function's audit mode overrides enforceOnly",
      { mode: "audit", enforceOnly: [{ services: ["redshift"] }] },
      true,
      "audit",
      "reported",
    ],
  ])("%s", async (_name, policy, audit, mode, result) => {
    await using scene = await startScene({ policy: await policyOf({ ...policy, permit }), audit });
    expect((await scene.invoke(eventOf(range))).outcomes).toMatchObject([{ result, policy: { mode } }]);
    expect(writes(scene.requests())).toHaveLength(mode === "audit" ? 0 : 1);
  });
});

test("a permitted grant is kept, even if it differs from a violation only in the case of a name", async () => {
  const permit = [{ name: "etl", owners: ["self"], securityGroups: ["etl*"] }];
  await using scene = await startScene({ policy: await policyOf({ mode: "enforce", permit }) });
  const upperCase = grantTo({ kind: "securityGroup", owner: home.account, securityGroup: "ETL" }, redshift);
  for (const grant of [group, upperCase]) await authorize(scene.emulator.url, redshift, grant);

  expect((await scene.invoke(cutEventOf(upperCase))).results).toEqual(["permitted", "revoked"]);
  await authorize(scene.emulator.url, redshift, upperCase);
  expect((await scene.invoke(eventOf(upperCase))).results).toEqual(["revoked"]);
  expect((await scene.invoke(eventOf(upperCase))).results).toEqual(["alreadyGone"]);
  expect(await entriesOf(scene.aws, redshift, group)).toEqual(["payroll 123456789012/etl"]);
});

test("an error names the first failures, the last one and how many more there are, so that it fits into a queue", async () => {
  await using scene = await startScene({ emulator: { createMissing: true } });
  const many = Array.from({ length: 20 }, (_, n) => grantTo({ kind: "range", range: `198.51.100.${n}/32` }, redshift));
  for (const grant of many) await authorize(scene.emulator.url, redshift, grant);
  const refused = { answer: "error", code: "AccessDenied", status: 403, message: "x".repeat(5_000) } as const;
  scene.emulator.fail({ action: "RevokeClusterSecurityGroupIngress", times: Number.POSITIVE_INFINITY, ...refused });

  const { outcomes, error } = await scene.invoke(cutEventOf(many[0] as Grant));

  expect(outcomes).toHaveLength(20);
  expect(error?.message).toMatch(/^(failed redshift payroll [^;]+; ){7}12 more \(see the log\); failed redshift payroll [^;]+$/);
  expect(error?.message.length).toBeLessThan(30_000);
});

describe("time", () => {
  test.each(["DescribeClusterSecurityGroups", "RevokeClusterSecurityGroupIngress"])(
    "with a silent %s the handler ends by itself before Lambda stops it",
    async (action) => {
      await using scene = await startScene();
      const given = grantsOf(redshift);
      for (const grant of given) await authorize(scene.emulator.url, redshift, grant);
      scene.requests();
      scene.emulator.fail({ action, times: Number.POSITIVE_INFINITY, answer: "never" });
      vi.spyOn(Math, "random").mockReturnValue(0.1);
      onTestFinished(() => void vi.restoreAllMocks());
      const before = Date.now();

      const { outcomes, error } = await scene.invoke(cutEventOf(range), contextOf({ remaining: 3_000 }));

      expect(Date.now() - before).toBeLessThan(2_500);
      expect(error?.name).toBe("InvocationError");
      expect(error?.message).toContain("AWS did not answer within");
      if (action.startsWith("Describe")) return expect(outcomes).toEqual([]);
      expect(outcomes.map(({ result }) => result)).toEqual(given.map(() => "failed"));
      // More than the one short attempt that a grant gets when no time is left.
      for (const outcome of outcomes) expect("error" in outcome && outcome.error.attempts).toBeGreaterThan(1);
      for (const outcome of outcomes) expect(error?.message).toContain(summary(outcome));
      const tried = writes(scene.requests()).map(({ parameters }) => parameters.get("CIDRIP") ?? parameters.get("EC2SecurityGroupOwnerId"));
      expect(new Set(tried).size).toBe(
        new Set(given.map(({ source }) => ("range" in source ? source.range : "owner" in source && source.owner))).size,
      );
    },
  );

  test("with only the reserved time left every grant still gets one attempt", async () => {
    await using scene = await startScene();
    const { outcomes } = await scene.invoke(eventOf(range), contextOf({ remaining: 1_000 }));
    expect(outcomes).toHaveLength(1);
    expect(outcomes).toMatchObject([scene.requests().length > 0 ? { event: { name: redshift.eventName } } : { error: { attempts: 1 } }]);
  });
});

describe("the log", () => {
  const linesOf = (printed: readonly string[]) => printed.map((line) => JSON.parse(line));

  test("has one line for each grant, at the level of its result, with the outcome and its event", async () => {
    const policy = await policyOf({ ...permitsNobody, permit: [{ name: "own", owners: ["self"] }] });
    await using scene = await startScene({ policy, logFor: logEach(new Logger({ serviceName: "ingress-warden" })) });
    for (const grant of [range, range6, group]) await authorize(scene.emulator.url, redshift, grant);
    scene.emulator.fail({ action: "RevokeClusterSecurityGroupIngress", answer: "error", code: "AccessDenied", status: 403 });
    const printed = captureOutput();

    const { outcomes } = await scene.invoke(cutEventOf(range));
    await scene.invoke(eventOf(range6));
    await scene.invoke({ detail: { eventID: "another" } });

    const lines = linesOf(printed());
    expect(lines.map(({ level, outcome }) => [level, outcome?.result])).toEqual([
      ["ERROR", "failed"],
      ["WARN", "revoked"],
      ["INFO", "permitted"],
      ["INFO", "alreadyGone"],
      ["ERROR", undefined],
    ]);
    expect(lines.slice(0, 3).map(({ outcome }) => outcome)).toEqual(JSON.parse(JSON.stringify(outcomes)));
    expect(lines[0]).toMatchObject({
      correlation_id: outcomes[0]?.event?.id,
      function_request_id: contextOf().awsRequestId,
      cold_start: expect.any(Boolean),
      service: "ingress-warden",
    });
    expect(lines.map(({ correlation_id }) => correlation_id).slice(3)).toEqual([outcomes[0]?.event?.id, "another"]);
  });
});
