// Measures one policy in a fresh process, without what V8 optimized for another one: `node bench/decision.ts build|decide RANGES FOLDER`.
// Writes its part of a DecisionSample to descriptor 3.
import { writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { vocabulary } from "../src/authorizations/index.ts";
import { type AccountId, accountId } from "../src/domain/account.ts";
import { decide } from "../src/domain/decide.ts";
import type { Grant } from "../src/domain/grant.ts";
import { parseRange, type Range } from "../src/domain/range.ts";
import { rangeSet } from "../src/domain/range-set.ts";
import { readPolicy } from "../src/policy/file.ts";

const [task, size, folder = ""] = process.argv.slice(2);
const ranges = scattered(Number(size));
writeSync(3, JSON.stringify(task === "build" ? buildSet() : await decideAll()));

function buildSet() {
  const started = performance.now();
  rangeSet(ranges.map((range) => parseRange(range) as Range));
  return { buildMs: performance.now() - started };
}

async function decideAll() {
  const file = join(folder, `policy-${size}.json`);
  writeFileSync(file, JSON.stringify({ mode: "enforce", permit: [{ name: "many", ranges }] }));
  // First, as in a cold start: nothing is optimized yet.
  const started = performance.now();
  const { policy } = await readPolicy(file, vocabulary);
  const policyMs = performance.now() - started;

  /** Microseconds of one decision: the median of eleven batches, after eleven that warm up. */
  const timeOf = (grants: readonly Grant[], expected: "permitted" | "violation") => {
    const wrong = grants.find((grant) => decide(grant, policy, 0).verdict !== expected);
    if (wrong) throw new Error(`${JSON.stringify(wrong.source)} is no ${expected}`);
    const times = Array.from({ length: 22 }, () => {
      const before = performance.now();
      for (let i = 0; i < 20_000; i++) decide(grants[i % grants.length] as Grant, policy, 0);
      return (performance.now() - before) / 20;
    });
    return times.slice(11).sort((a, b) => a - b)[5];
  };
  const asked = ranges.filter((_, index) => index % Math.max(1, Math.floor(ranges.length / 1000)) === 0);
  const inside = asked.map((range) => range.replace("/24", "/26").replace("/48", "/56"));
  // The neighbors that `scattered` leaves out, so that a search takes all its steps.
  const outside = asked
    .filter((range) => range.includes("."))
    .map((range) => range.replace(/(\d+)\.0\/24/, (_, c) => `${Number(c) + 1}.0/24`));
  return { policyMs, permittedUs: timeOf(inside.map(grantOf), "permitted"), violationUs: timeOf(outside.map(grantOf), "violation") };
}

function grantOf(range: string): Grant {
  const place = { partition: "aws", account: accountId("123456789012") as AccountId, region: "eu-west-1" };
  const authorization = "AuthorizeClusterSecurityGroupIngress";
  return { place, service: "redshift", authorization, resource: "analytics", source: { kind: "range", range } };
}

/** Distinct ranges that do not touch, always the same: 70 % IPv4, the rest IPv6. */
function scattered(count: number): string[] {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const seen = new Set<string>();
  while (seen.size < count) {
    const [a, b, c] = [1 + random(223), random(256), random(128) * 2];
    const group = () => random(65536).toString(16);
    seen.add(random(10) < 7 ? `${a}.${b}.${c}.0/24` : `2001:${group()}:${group()}::/48`);
  }
  return [...seen];
}
