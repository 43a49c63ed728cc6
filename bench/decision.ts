// Run as a process of its own for each size, so that what V8 learned of one is not there for the next: `node bench/decision.ts RANGES FOLDER`, which says
// what it measured on descriptor 3.
import { writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { vocabulary } from "../src/authorizations/index.ts";
import { accountId } from "../src/domain/account.ts";
import { decide } from "../src/domain/decide.ts";
import type { Grant } from "../src/domain/grant.ts";
import { readPolicy } from "../src/policy/file.ts";
import { scattered } from "./ranges.ts";

/** What one process measured of a policy with some number of permitted ranges. */
export interface DecisionSample {
  /** The policy file of so many ranges, read, checked and built by a process that has read none before, in milliseconds. */
  readonly policyMs: number;
  /** One decision on a range that is permitted, parsing its text included, in microseconds. */
  readonly permittedUs: number;
  /** The same on a range that is not. */
  readonly violationUs: number;
}

/** Microseconds of one decision: the middle of eleven batches, after as many that warm up. */
function timeOf(queries: readonly Grant[], decideOne: (grant: Grant) => unknown): number {
  const batch = () => {
    const started = performance.now();
    for (let i = 0; i < 20_000; i++) decideOne(queries[i % queries.length] as Grant);
    return (performance.now() - started) / 20;
  };
  const times = Array.from({ length: 22 }, batch).slice(11);
  return times.sort((a, b) => a - b)[5] ?? Number.NaN;
}

const [size, folder = ""] = process.argv.slice(2);
const ranges = scattered(Number(size));
const file = join(folder, `policy-${size}.json`);
writeFileSync(file, JSON.stringify({ mode: "enforce", permit: [{ name: "many", ranges }] }));

// First, as a cold start does it, and before anything made V8 quick at it.
const beforePolicy = performance.now();
const { policy } = await readPolicy(file, vocabulary);
const policyMs = performance.now() - beforePolicy;

const account = accountId("123456789012");
if (!account) throw new Error("123456789012 is an account");
const place = { partition: "aws", account, region: "eu-west-1" };
const grantOf = (range: string): Grant => ({
  place,
  service: "redshift",
  authorization: "AuthorizeClusterSecurityGroupIngress",
  resource: "analytics",
  source: { kind: "range", range },
});
// A narrower range inside; and the neighbour that `scattered` leaves out, so that a search goes all the way to its end.
const step = Math.max(1, Math.floor(ranges.length / 1000));
const asked = ranges.filter((_, index) => index % step === 0);
const inside = asked.map((range) => grantOf(range.replace("/24", "/26").replace("/48", "/56")));
const outside = asked
  .filter((range) => range.includes("."))
  .map((range) => grantOf(range.replace(/\.(\d+)\.0\/24/, (_, c) => `.${Number(c) + 1}.0/24`)));
for (const grant of [...inside, ...outside]) {
  const { verdict } = decide(grant, policy, 0);
  if (verdict !== (inside.includes(grant) ? "permitted" : "violation")) throw new Error(`${JSON.stringify(grant.source)}: ${verdict}`);
}

const permittedUs = timeOf(inside, (grant) => decide(grant, policy, 0));
const violationUs = timeOf(outside, (grant) => decide(grant, policy, 0));
writeSync(3, JSON.stringify({ policyMs, permittedUs, violationUs } satisfies DecisionSample));
