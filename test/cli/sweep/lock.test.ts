import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { lock } from "#cli/sweep/lock.ts";

const newFile = () => join(mkdtempSync(join(tmpdir(), "ingress-warden-lock-")), "plan.lock");

test("a lock has the id of its process, and is free again after it was released", async () => {
  const file = newFile();
  const unlock = await lock(file);
  expect(readFileSync(file, "utf8")).toBe(String(process.pid));
  await expect(lock(file)).rejects.toThrow(`process ${process.pid} is applying this plan`);
  await unlock();
  expect(existsSync(file)).toBe(false);
});

test.each(["", "4194305", "-1", "x", "\u001b[31m", "9".repeat(400)])("a lock with %j, which a crash left, is taken over", async (left) => {
  const file = newFile();
  writeFileSync(file, left);
  await (await lock(file))();
  expect(existsSync(file)).toBe(false);
});

test("a lock that another process creates at the same moment is respected", async () => {
  const file = newFile();
  writeFileSync(file, "");
  const waiting = lock(file);
  await sleep(50);
  writeFileSync(file, String(process.ppid));
  await expect(waiting).rejects.toThrow(`process ${process.ppid} is applying this plan`);
});

test("a lock in a folder that is not there is an error that names it", async () => {
  await expect(lock(join(newFile(), "lock"))).rejects.toThrow("cannot be written (ENOENT)");
});
