import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "#domain/decide.ts";
import { formatRange, network } from "#domain/range.ts";
import { readPolicy } from "#policy/file.ts";
import { anyCall } from "../../policy/vocabulary.ts";
import { read } from "../../support/grants.ts";
import { runs } from "../../support/long.ts";
import { authorizations, grant, permits, policyOf, services, type Words } from "../arbitraries.ts";

const numRuns = { numRuns: runs };

test("a policy decides the same after it is written to a file and read back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  const file = join(folder, "policy.json");
  const statement = permits.map((all) => all.map(sayable));
  await fc.assert(
    fc.asyncProperty(grant, statement, async (asked, statements) => {
      const permit = statements.map(({ ranges: texts, owners, groups, lists, services: some, resources }, i) =>
        given({ name: `s${i}`, ranges: texts, owners, securityGroups: groups, prefixLists: lists, services: some, resources }),
      );
      await writeFile(file, JSON.stringify({ mode: "enforce", permit: [nobody, ...permit] }));
      const { policy } = await readPolicy(file, anyCall({ services, authorizations }));
      expect(decide(asked, policy, 0)).toEqual(decide(asked, policyOf(statements), 0));
    }),
    numRuns,
  );
  await rm(folder, { recursive: true });
});

const nobody = { name: "nobody", owners: ["000000000000"] };

/** As a policy file can state it: networks without host bits, no duplicates, at least one source, and groups with accounts only. */
function sayable(words: Words): Words {
  const texts = [...new Set(words.ranges.map((text) => formatRange(network(read(text)))))];
  const owners = [...new Set(words.owners)];
  const isEmpty = texts.length + owners.length + words.lists.length === 0;
  return {
    ...words,
    ranges: isEmpty ? ["192.0.2.0/24"] : texts,
    owners,
    groups: owners.some((owner) => /^([0-9]{12}|self)$/.test(owner)) ? words.groups : undefined,
    expires: undefined,
  };
}

/** Without what is absent or empty. */
function given(bag: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(bag).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}
