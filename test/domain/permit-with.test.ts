import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import type { Policy } from "#domain/policy.ts";
import type { Source } from "#domain/source.ts";
import { permitWith } from "#outcome/permit-with.ts";
import { readPolicy } from "#policy/file.ts";
import { anyCall } from "../policy/vocabulary.ts";
import { id } from "../support/grants.ts";
import { runs } from "../support/long.ts";
import { addresses, authorizations, grant, services } from "./arbitraries.ts";
import { rangesOf } from "./model.ts";

describe("the statement that would permit a violation", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "permit-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function policyFrom(asked: Grant): Promise<Policy> {
    const file = join(folder, "policy.json");
    await writeFile(file, JSON.stringify({ mode: "enforce", permit: [permitWith(asked)] }));
    return (await readPolicy(file, anyCall({ services, authorizations }))).policy;
  }

  /** True when the outer source contains the inner one. */
  function within(outer: Source, inner: Source): boolean {
    if (outer.kind === "account" && inner.kind === "securityGroup") return outer.owner === inner.owner;
    if (outer.kind === "securityGroup" && inner.kind === "securityGroup")
      return outer.owner === inner.owner && outer.securityGroup === inner.securityGroup;
    if (outer.kind === "account" && inner.kind === "account") return outer.owner === inner.owner;
    if (outer.kind === "prefixList" && inner.kind === "prefixList") return outer.prefixList === inner.prefixList;
    const texts = rangesOf(inner);
    const held = outer.kind === "range" ? addresses(outer.range) : [];
    return texts.length > 0 && texts.flatMap(addresses).every((address) => held.includes(address));
  }

  test("permits it and no grant on another resource or from another source", async () => {
    await fc.assert(
      fc.asyncProperty(grant, fc.array(grant, { minLength: 20, maxLength: 20 }), async (asked, others) => {
        const policy = await policyFrom(asked);
        expect(decide(asked, policy, 0).verdict).toBe("permitted");
        for (const other of others) {
          const sameCall = asked.source.kind !== "account" || other.authorization === asked.authorization;
          const same =
            sameCall && other.service === asked.service && other.resource === asked.resource && within(asked.source, other.source);
          expect(decide(other, policy, 0).verdict === "permitted").toBe(same);
        }
      }),
      { numRuns: runs },
    );
  });

  test("is valid for any printable name of the resource and the group", async () => {
    const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 255 });
    await fc.assert(
      fc.asyncProperty(grant, printable, printable, async (asked, resource, securityGroup) => {
        const odd: Grant = { ...asked, resource, source: { kind: "securityGroup", owner: id("999988887777"), securityGroup } };
        expect(decide(odd, await policyFrom(odd), 0).verdict).toBe("permitted");
      }),
      { numRuns: runs },
    );
  });

  test.each(["0.0.0.0/0", "::/0", "10.8.10.0/16", "1.2.3.4/0"])("permits %s in the form that a policy requires", async (text) => {
    const place = { partition: "aws", account: id("123456789012"), region: "eu-west-1" };
    const asked: Grant = { place, service: "redshift", authorization: "x", resource: "web", source: { kind: "range", range: text } };
    expect(decide(asked, await policyFrom(asked), 0).verdict).toBe("permitted");
  });
});
