// The set of so many ranges, built from their texts by a process that has built none before: `node bench/build.ts RANGES`, which
// says on descriptor 3 how long it took.
import { writeSync } from "node:fs";
import { parseRange, type Range } from "../src/domain/range.ts";
import { rangeSet } from "../src/domain/range-set.ts";
import { scattered } from "./ranges.ts";

const ranges = scattered(Number(process.argv[2]));
const started = performance.now();
rangeSet(ranges.map((range) => parseRange(range) as Range));
writeSync(3, JSON.stringify({ buildMs: performance.now() - started }));
