import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isInForce } from "#domain/policy.ts";
import { parseRange } from "#domain/range.ts";
import { covers } from "#domain/range-set.ts";
import { UsageError } from "#domain/usage-error.ts";
import { readPolicy } from "#policy/file.ts";
import { permitting, policyReader, self, vocabulary } from "./policy-text.ts";

const { read, problemsOf, folder } = policyReader();

describe("a policy", () => {
  test("with every key is compiled", async () => {
    const keys = {
      ...{ name: "all", owners: ["self", "1234-5678-9012", "ADX", "amazon-redshift-support"], securityGroups: ["etl-*"] },
      ...{ ranges: ["10.0.0.0/25", "10.0.0.128/25", "::/0"], everyone: true, prefixLists: ["pl-63a5400a"], services: ["redshift"] },
      ...{ authorizations: ["AuthorizeCacheSecurityGroupIngress"], resources: ["analytics-?*"], accounts: ["1234-*", "210987654321"] },
      ...{ regions: ["eu-*"], until: "2028-02-29", reason: "DATA-1422, ask data-platform" },
    };
    const document = {
      $schema: "./policy.schema.json",
      mode: "audit",
      enforceOnly: [{ accounts: ["1111-2222-3333"], sources: ["everyone"] }],
      permit: [keys],
    };
    const written = JSON.stringify(document, undefined, 2);
    const { policy, ...rest } = await read(written);

    expect(rest).toEqual({ document, sha256: createHash("sha256").update(written).digest("hex") });
    const { ranges, ...statement } = policy.permit[0] ?? expect.fail("no statement");
    expect({ ...policy, permit: [statement] }).toEqual({
      mode: "audit",
      exceptions: [{ accounts: ["111122223333"], sources: ["everyone"] }],
      permit: [
        {
          name: "all",
          owners: new Set(["self", "123456789012", "ADX", "amazon-redshift-support"]),
          securityGroups: ["etl-*"],
          prefixLists: new Set(["pl-63a5400a"]),
          scope: {
            ...{ services: ["redshift"], authorizations: ["AuthorizeCacheSecurityGroupIngress"], resources: ["analytics-?*"] },
            ...{ accounts: ["1234*", "210987654321"], regions: ["eu-*"] },
          },
          until: "2028-02-29",
          expires: Date.UTC(2028, 2, 1),
          reason: "DATA-1422, ask data-platform",
        },
      ],
    });
    const held = ["10.0.0.0/24", "::/0", "10.0.0.0/23"].map((range) => covers(ranges, parseRange(range) ?? expect.fail(range)));
    expect(held).toEqual([true, true, false]);
  });

  test("may have a reason of 256 characters", async () => {
    const reason = "x".repeat(256);
    expect((await read(permitting(`${self}, "reason": "${reason}"`))).policy.permit).toMatchObject([{ reason }]);
  });

  test("with only the required keys permits in every scope and never expires", async () => {
    const { policy } = await read(permitting('"owners": ["ADX"]').replace("},", "}"));
    expect(policy).toMatchObject({ mode: "enforce", exceptions: [], permit: [{ scope: {}, owners: new Set(["ADX"]) }] });
    expect(policy.permit[0]).toMatchObject({ securityGroups: undefined, expires: undefined, reason: undefined, prefixLists: new Set() });
  });

  test("applies a statement until the last millisecond of its last day, in UTC", async () => {
    const { policy } = await read(permitting(`${self}, "until": "2027-01-31"`));
    const at = (time: string) => policy.permit.map((statement) => isInForce(statement, Date.parse(time)));
    expect(at("2027-01-31T23:59:59.999Z")).toEqual([true]);
    expect(at("2027-02-01T00:00:00.000Z")).toEqual([false]);
    expect(at("2027-01-31T23:30:00.000-01:00")).toEqual([false]);
  });

  test("may have a hundred thousand ranges", async () => {
    const ranges = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
    const { policy } = await read(permitting(`"ranges": ${JSON.stringify(ranges)}`));
    expect(policy.permit.map((statement) => statement.ranges[4].length / 2)).toEqual([1]);
  });
});

describe("a policy file is refused", () => {
  test("when it is missing or a folder", async () => {
    const none = join(folder(), "none.json");
    const fix = "check its path";
    await expect(readPolicy(none, vocabulary)).rejects.toThrow(new UsageError(`${none}: the policy cannot be read (ENOENT): ${fix}`));
    await expect(readPolicy(folder(), vocabulary)).rejects.toThrow(
      new UsageError(`${folder()}: the policy cannot be read (EISDIR): ${fix}`),
    );
  });

  test("when it is larger than 8 MB, and not at 8 MB", async () => {
    expect(await problemsOf(permitting(self).padEnd(8_388_609))).toEqual([" the policy has more than 8388608 bytes: shorten it"]);
    await read(permitting(self).padEnd(8_388_608));
  });
});
