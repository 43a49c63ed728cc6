import fc from "fast-check";
import { expect, test } from "vitest";
import { formatRange, network, sameNetwork } from "#domain/range.ts";
import { partOf, type Source, sameSource } from "#domain/source.ts";
import { read } from "../../support/grants.ts";
import { runs } from "../../support/long.ts";
import { addresses, range, source } from "../arbitraries.ts";

const numRuns = { numRuns: runs };
const textsOf = (some: readonly string[]) => [...new Set(some.flatMap(addresses))].toSorted();

test("sameSource is symmetric and reflexive", () => {
  fc.assert(
    fc.property(source, source, (a, b) => {
      expect(sameSource(a, a)).toBe(true);
      expect(sameSource(a, b)).toBe(sameSource(b, a));
    }),
    numRuns,
  );
});

test("ranges are the same source when they are the same network", () => {
  fc.assert(
    fc.property(range, fc.nat(7), (text, host) => {
      const { words, ...rest } = read(text);
      const last = rest.family === 4 ? 0 : 3;
      const written = formatRange({ ...rest, words: words.with(last, (words[last] ?? 0) | host) as unknown as typeof words });
      const [a, b] = [text, written].map((each): Source => ({ kind: "range", range: each })) as [Source, Source];
      expect(sameSource(a, b)).toBe(sameNetwork(read(text), read(written)));
      expect(textsOf([formatRange(network(read(written)))]).join() === textsOf([text]).join()).toBe(sameSource(a, b));
    }),
    numRuns,
  );
});

test("of an account's VPCs, the revoked part is both listed and named", () => {
  const vpcs = fc.option(fc.uniqueArray(fc.constantFrom("vpc-1", "vpc-2", "vpc-3", "vpc-4"), { minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(vpcs, vpcs, (listed, named) => {
      const [a, b] = [listed, named].map((each): Source => ({ kind: "account", owner: "ADX", ...(each && { vpcs: each }) })) as [
        Source,
        Source,
      ];
      fc.pre(sameSource(a, b));
      const part = partOf(a, b);
      const kept = "vpcs" in part ? part.vpcs : undefined;
      expect(kept).toEqual(listed && named ? listed.filter((vpc) => named.includes(vpc)) : listed);
      expect(kept?.length).not.toBe(0);
    }),
    numRuns,
  );
});
