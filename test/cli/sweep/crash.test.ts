import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { inParallel } from "#cli/places/in-parallel.ts";
import { always } from "../../support/faults.ts";
import { long } from "../../support/long.ts";
import { sharedProcess } from "../shared-process.ts";
import { type Planned, plannedGrants, plannedWorlds } from "./planned.ts";

const planned = plannedWorlds(sharedProcess());

/** The requests of an apply, in two Regions. The writes are those with these numbers. */
const requests = 36;
const revoking = [17, 18, 19, 36];
/** Where the process is killed: the number of the request, and whether that takes effect. */
const everyPoint = Array.from({ length: requests }, (_, n) => n + 1).flatMap((n) =>
  (revoking.includes(n) ? [true, false] : [true]).map((applied) => [n, applied] as const),
);
/** Begun without effect, revoked and not recorded, and the last one revoked. */
const samplePoints = everyPoint.filter(([n, applied]) => [18, 19, 36].includes(n) && applied !== (n === 18));

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isTrue(); await sleep(2)) if (Date.now() > end) throw new Error("It did not happen in a minute");
}

/** Applies the plan until its n-th request arrives, and kills the process. */
async function killAt(n: number, applied: boolean, { emulator, start }: Planned): Promise<void> {
  const seen = emulator.requests.length;
  emulator.fail({ after: n - 1, times: always, answer: "never", applied });
  const { kill, ended } = start();
  await until(() => emulator.requests.length >= seen + n);
  const { action = "" } = emulator.requests[seen + n - 1] ?? {};
  expect({ n, action }).toEqual({
    n,
    action: revoking.includes(n) ? expect.stringMatching(/^Revoke/) : expect.stringMatching(/^(?!Revoke)/),
  });
  kill("SIGKILL");
  await ended;
  emulator.heal();
}

/** Every grant of the plan was revoked by one call, and has its outcome with the undo. */
function expectDone({ revokes, progress }: Planned): void {
  expect(new Set(revokes()).size).toBe(plannedGrants);
  expect(revokes()).toHaveLength(plannedGrants);
  const outcomes = progress().flatMap(({ line, outcome }) => (line === "outcome" ? [outcome as { readonly grant: object }] : []));
  expect(new Set(outcomes.map(({ grant }) => JSON.stringify(grant))).size).toBe(plannedGrants);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ result: "revoked", undo: expect.stringMatching(/^aws /) });
}

describe("an apply", () => {
  test("that is killed at a request and started again revokes everything once, and forgets nothing", async () => {
    await inParallel(long ? everyPoint : samplePoints, 3, async ([n, applied]) => {
      await using made = await planned();
      const before = readFileSync(made.plan);
      await killAt(n, applied, made);
      const recorded = made.progress().length;

      const { code, stdout } = await made.apply();

      expect({ n, code, stdout }).toEqual({ n, code: 0, stdout: expect.stringMatching(/ revoked\n$/) });
      expectDone(made);
      expect(made.progress().length).toBeGreaterThan(recorded);
      expect(readFileSync(made.plan)).toEqual(before);
      expect(existsSync(`${made.plan}.lock`)).toBe(false);
      expect((await made.apply()).stderr).toContain("is applied already");
    });
  }, 900_000);

  test.runIf(long)("makes as many requests as it is killed at", async () => {
    await using made = await planned();
    const seen = made.emulator.requests.length;
    await made.apply();
    expect(made.emulator.requests.length - seen).toBe(requests);
  });

  test("that Ctrl-C interrupts ends after the current grant, says what was not begun, and goes on when it is started again", async () => {
    await using made = await planned();
    made.emulator.fail({ action: "RevokeClusterSecurityGroupIngress", answer: "late", ms: 1_000 });
    const { kill, ended } = made.start();
    await until(() => made.revokes().length > 0);
    expect((await made.apply()).stderr).toMatch(
      /^process \d+ is applying this plan: wait until it has ended; if it is another program, remove .*\.lock\n$/,
    );
    kill("SIGINT");
    const { code, stdout } = await ended;
    // Both ranges are of one group.
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/\n2 revoked, 3 not begun: apply the plan again to go on\n$/),
    });
    expect(made.revokes()).toHaveLength(2);
    expect((await made.apply()).stdout).toMatch(/\n3 revoked\n$/);
    expectDone(made);
  });
});
