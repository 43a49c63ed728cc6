import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInForce } from "#domain/decide.ts";
import { formatRange, parseRange } from "#domain/range.ts";
import { covers } from "#domain/range-set.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type PolicyFile, readPolicy } from "#policy/file.ts";
import { anyCall } from "./vocabulary.ts";

const vocabulary = anyCall({ services: ["elasticache", "redshift"], authorizations: ["AuthorizeCacheSecurityGroupIngress"] });
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(text: string | Buffer): Promise<PolicyFile> {
  const file = join(folder, "policy.json");
  await writeFile(file, text);
  return readPolicy(file, vocabulary);
}

/** The lines of the error, without the folder in front. */
async function problemsOf(text: string | Buffer): Promise<string[]> {
  const error = await read(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  const lines = (error as UsageError).message.split("\n");
  expect(lines.filter((line) => !line.startsWith(join(folder, "policy.json:")))).toEqual([]);
  return lines.map((line) => line.slice(join(folder, "policy.json:").length));
}

/** A policy whose one statement begins at 2:3. */
const permitting = (keys: string): string => `{"mode": "enforce", "permit": [\n  {"name": "a", ${keys}}\n]}`;
const self = '"owners": ["self"]';
const text = "must be 1 to 256 characters without control characters";
const cidr = 'write a range in CIDR notation, such as "203.0.113.0/24" or "2001:db8:10::/48"';

describe("a policy", () => {
  test("with every key is read as it is meant", async () => {
    const keys = {
      ...{ name: "all", owners: ["self", "1234-5678-9012", "ADX", "amazon-redshift-support"], securityGroups: ["etl-*"] },
      ...{ ranges: ["10.0.0.0/25", "10.0.0.128/25", "::/0"], everyone: true, prefixLists: ["pl-63a5400a"], services: ["redshift"] },
      ...{ authorizations: ["AuthorizeCacheSecurityGroupIngress"], resources: ["analytics-?*"], accounts: ["1234-*", "210987654321"] },
      ...{ regions: ["eu-*"], until: "2028-02-29", reason: "DATA-1422, ask data-platform" },
    };
    const document = { $schema: "./policy.schema.json", mode: "audit", enforceOnly: [{ accounts: ["1111-2222-3333"] }], permit: [keys] };
    const written = JSON.stringify(document, undefined, 2);
    const { policy, ...rest } = await read(written);

    expect(rest).toEqual({ document, sha256: createHash("sha256").update(written).digest("hex") });
    const { ranges, ...statement } = policy.permit[0] ?? expect.fail("no statement");
    expect({ ...policy, permit: [statement] }).toEqual({
      mode: "audit",
      exceptions: [{ accounts: ["111122223333"] }],
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

  test("may give a reason of 256 characters", async () => {
    const reason = "x".repeat(256);
    expect((await read(permitting(`${self}, "reason": "${reason}"`))).policy.permit).toMatchObject([{ reason }]);
  });

  test("with the fewest keys permits in every scope and for ever", async () => {
    const { policy } = await read(permitting('"owners": ["ADX"]').replace("},", "}"));
    expect(policy).toMatchObject({ mode: "enforce", exceptions: [], permit: [{ scope: {}, owners: new Set(["ADX"]) }] });
    expect(policy.permit[0]).toMatchObject({ securityGroups: undefined, expires: undefined, reason: undefined, prefixLists: new Set() });
  });

  test("counts a statement to the last millisecond of its last day, in UTC", async () => {
    const { policy } = await read(permitting(`${self}, "until": "2027-01-31"`));
    const at = (time: string) => policy.permit.map((statement) => isInForce(statement, Date.parse(time)));
    expect(at("2027-01-31T23:59:59.999Z")).toEqual([true]);
    expect(at("2027-02-01T00:00:00.000Z")).toEqual([false]);
    expect(at("2027-01-31T23:30:00.000-01:00")).toEqual([false]);
  });

  test("may begin with a byte order mark, which takes no column", async () => {
    expect((await read(`\ufeff${permitting(self)}`)).policy.mode).toBe("enforce");
    expect(await problemsOf('\ufeff{"mode": "on", "permit": [{"name": "a", "owners": ["self"]}]}')).toEqual([
      '1:10: "on": the mode is "enforce" or "audit"',
    ]);
  });

  test("of a hundred thousand ranges is read", async () => {
    const ranges = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
    const { policy } = await read(permitting(`"ranges": ${JSON.stringify(ranges)}`));
    expect(policy.permit.map((statement) => statement.ranges[4].length / 2)).toEqual([1]);
  });
});

describe("a range in a policy", () => {
  test.each([
    ["10.1.0.0/8", 'has bits set beyond /8: write "10.0.0.0/8"'],
    ["2001:db8::1/64", 'has bits set beyond /64: write "2001:db8::/64"'],
    ["10.0.0.1", 'is an address without a prefix length: write "10.0.0.1/32"'],
    ["2001:db8::1", 'is an address without a prefix length: write "2001:db8::1/128"'],
    ["::", 'is an address without a prefix length: write "::/128"'],
    ["010.0.0.0/8", 'has leading zeros: write "10.0.0.0/8"'],
    ["10.0.0.0/08", 'has leading zeros: write "10.0.0.0/8"'],
    ["10.00.0.0/8", 'has leading zeros: write "10.0.0.0/8"'],
    ["2001:db8::/032", 'has leading zeros: write "2001:db8::/32"'],
    [" 10.0.0.0/8", 'has white space: write "10.0.0.0/8"'],
    ["::ffff:a00:0/104", 'is IPv4 mapped into IPv6, a form that no grant has: write "10.0.0.0/8"'],
    ["::ffff:0:0/96", 'is IPv4 mapped into IPv6, a form that no grant has: write "0.0.0.0/0"'],
    ["::ffff:10.0.0.0/104", "has a dotted tail: write IPv6 in groups of hexadecimal digits, and IPv4 as IPv4"],
    ...["10.0.0.0/33", "2001:db8::/129", "10.0.0.0/255.0.0.0", "fe80::%eth0/64", "", "self", "10.0.0.0/-1", "x/0"].map((range) => [
      range,
      cidr,
    ]),
  ])("%j is an error that says what to write", async (range = "", mend = "") => {
    expect(await problemsOf(permitting(`"ranges": ["192.0.2.0/24", "${range}"]`))).toEqual([`2:44: "${range}": ${mend}`]);
    const meant = /write "([^"]*)"$/.exec(mend)?.[1];
    if (meant?.endsWith("/0")) return;
    if (meant) expect(formatRange(parseRange(meant) ?? expect.fail(meant))).toBe(meant);
    if (meant) await read(permitting(`"ranges": ["192.0.2.0/24", "${meant}"]`));
  });

  test.each(["0.0.0.0/0", "::/0", "0:0:0:0:0:0:0:0/0"])("%s needs everyone beside it", async (range) => {
    const mend = 'this lets everyone in: if that is meant, write "everyone": true beside it';
    expect(await problemsOf(permitting(`"ranges": ["${range}"]`))).toEqual([`2:28: "${range}": ${mend}`]);
    await read(permitting(`"ranges": ["${range}"], "everyone": true`));
  });
});

describe("a mistake in a statement is an error with its place, its text and its mend", () => {
  const days = ["2027-02-29", "2027-1-31", "2027-01-31T00:00:00Z", "2027-13-01", "tomorrow", ""];
  test.each<[string, ...string[]]>([
    ['"owners": [123456789012]', "2:28: 123456789012: write a text in quotes"],
    ['"owners": "self"', '2:27: "self": write a list in [ ]'],
    ['"owners": ["Self"]', '2:28: "Self": did you mean "self"?'],
    ['"owners": ["adx"]', '2:28: "adx": write an account id of twelve digits, or "self"'],
    ['"owners": ["12345678901"]', '2:28: "12345678901": write an account id of twelve digits, or "self"'],
    ['"owners": []', "2:27: []: is empty: name at least one, or leave the key out"],
    [`${self}, "everyone": true`, '2:49: true: "everyone" belongs beside a /0, and this statement has none: leave it out'],
    ['"ranges": ["10.0.0.0/8"], "everyone": true', '2:55: true: "everyone" belongs beside a /0, and this statement has none: leave it out'],
    ['"ranges": ["0.0.0.0/0"], "everyone": false', '2:54: false: only true is allowed here: write "everyone": true or leave it out'],
    ['"reason": "why"', "2:3: this statement permits nothing: give it owners, ranges or prefixLists"],
    [
      '"ranges": ["10.0.0.0/8"], "securityGroups": ["x"]',
      '2:61: ["x"]: securityGroups narrow owners that are accounts, and this statement has none: add one',
    ],
    ['"prefixLists": ["PL-1"]', '2:33: "PL-1": write the id of a prefix list, such as pl-63a5400a'],
    [`${self}, "service": ["redshift"]`, '2:37: "service": no such key here: did you mean "services"?'],
    [`${self}, "mod": "audit"`, '2:37: "mod": no such key here'],
    [`${self}, "deny": true`, '2:37: "deny": no such key here'],
    [`${self}, "__proto__": {"everyone": true}`, '2:37: "__proto__": no such key here'],
    [`${self}, "constructor": 1`, '2:37: "constructor": no such key here'],
    [`${self}, "owners": ["ADX"]`, '2:37: "owners": this key is given twice: keep one'],
    [`${self}, "own\\u0065rs": ["ADX"]`, '2:37: "own\\u0065rs": this key is given twice: keep one'],
    [`${self}, "services": ["Redshift"]`, '2:50: "Redshift": no such service: did you mean "redshift"? Known: elasticache, redshift'],
    [`${self}, "services": ["*"]`, '2:50: "*": no such service: did you mean "redshift"? Known: elasticache, redshift'],
    [`${self}, "authorizations": ["x"]`, '2:56: "x": no such authorization. Known: AuthorizeCacheSecurityGroupIngress'],
    [`${self}, "accounts": ["prod"]`, '2:50: "prod": matches nothing: account ids are digits'],
    [`${self}, "accounts": ["12345678901"]`, '2:50: "12345678901": matches nothing: an account id has twelve digits'],
    [
      '"owners": ["ADX"], "securityGroups": ["x"]',
      '2:54: ["x"]: securityGroups narrow owners that are accounts, and this statement has none: add one',
    ],
    [`${self}, "regions": ["EU-*"]`, '2:49: "EU-*": matches nothing: Regions are written in lower case'],
    [`${self}, "resources": [""]`, `2:51: "": a pattern ${text}`],
    [`${self}, "resources": ["a\\u0000"]`, `2:51: "a\\u0000": a pattern ${text}`],
    [`${self}, "reason": "${"x".repeat(257)}"`, `2:47: "${"x".repeat(79)}… (259 characters): ${text}`],
    [`${self}, "reason": "\\u202e"`, `2:47: "\\u202e": ${text}`],
    ...days.map((day): [string, string] => [`${self}, "until": "${day}"`, `2:46: "${day}": write a day of the calendar as YYYY-MM-DD`]),
  ])("%s", async (keys, ...lines) => {
    expect(await problemsOf(permitting(keys))).toEqual(lines);
  });
});

describe("a mistake in the policy is an error with its place, its text and its mend", () => {
  const permit = `"permit": [{"name": "a", ${self}}]`;
  const twice = `[{"name": "a", ${self}}, {"name": "\\u0061", ${self}}]`;
  test.each<[string, ...string[]]>([
    ["", "1:1: the policy is empty"],
    [" \r\n\t", "1:1: the policy is empty"],
    ["\ufeff", "1:1: the policy is empty"],
    ["[]", "1:1: []: write an object in { }"],
    ["null", "1:1: null: write an object in { }"],
    ["{}", '1:1: "mode" is missing: the mode is "enforce" or "audit"', '1:1: "permit" is missing: write a list in [ ]'],
    [`{${permit}}`, '1:1: "mode" is missing: the mode is "enforce" or "audit"'],
    [
      '{"permit": [{"name": "a"}], "mode": "on"}',
      "1:13: this statement permits nothing: give it owners, ranges or prefixLists",
      '1:37: "on": the mode is "enforce" or "audit"',
    ],
    ['{"mode": "audit", "permit": []}', "1:29: []: is empty: name at least one statement"],
    ['{"mode": "audit", "permit": [7]}', "1:30: 7: write an object in { }"],
    [`{"mode": "audit", "permit": [{${self}}]}`, '1:30: "name" is missing: write a text in quotes'],
    [`{"mode": "audit", "permit": ${twice}}`, '1:74: "\\u0061": another statement has this name: choose one of its own'],
    [`{"mode": "audit", "mode": "audit", ${permit}}`, '1:19: "mode": this key is given twice: keep one'],
    [`{"mode": "audit", "__proto__": {"mode": "enforce"}, ${permit}}`, '1:19: "__proto__": no such key here'],
    [
      `{"__proto__": {"mode": "audit"}, ${permit}}`,
      '1:1: "mode" is missing: the mode is "enforce" or "audit"',
      '1:2: "__proto__": no such key here',
    ],
    [
      `{"mode": "audit", "auditOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:32: [{"regions": ["*"]}]: everything is audit already: with "mode": "audit", write enforceOnly',
    ],
    [
      `{"mode": "enforce", "enforceOnly": [{"regions": ["*"]}], ${permit}}`,
      '1:36: [{"regions": ["*"]}]: everything is enforced already: with "mode": "enforce", write auditOnly',
    ],
    [`{"mode": "enforce", "auditOnly": [{}], ${permit}}`, '1:35: {}: an empty scope would mean everything: change "mode" instead'],
    [`{"mode": "enforce", "auditOnly": [], ${permit}}`, "1:34: []: is empty: name at least one, or leave the key out"],
    [`{"mode": "enforce", "auditOnly": [{"owners": ["self"]}], ${permit}}`, '1:36: "owners": no such key here'],
    [`{"mode": "enforce", "auditOnly": [{"region": ["*"]}], ${permit}}`, '1:36: "region": no such key here: did you mean "regions"?'],
    [`{"mdoe": "audit", "mode": "audit", ${permit}}`, '1:2: "mdoe": no such key here: did you mean "mode"?'],
    [`{"mode": "audit", // why\n${permit}}`, '1:19: // why: not JSON: comments are not allowed: write a "reason" instead'],
    [`{"mode": "audit", ${permit},}`, "1:65: }: not JSON: leave out the comma before }"],
    [`{"mode": "audit", ${permit}} {}`, "1:66: {: not JSON: the policy has ended before this: leave it out"],
  ])("%j", async (policy, ...lines) => {
    expect((await problemsOf(policy)).slice(0, lines.length)).toEqual(lines);
  });

  test("all mistakes are told at once, in the order of the text, a hundred at most", async () => {
    const statements = Array.from({ length: 150 }, (_, i) => `{"name": "n${i}", "owners": ["x"]}`).join(",\n");
    const lines = await problemsOf(`{"mode": "on", "permit": [\n${statements}]}`);
    expect(lines).toHaveLength(101);
    expect(lines[0]).toBe('1:10: "on": the mode is "enforce" or "audit"');
    expect(lines.slice(1, 100).map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 99 }, (_, i) => i + 2));
    expect(lines[100]).toBe(" and 51 more");
  });

  test("what commands a terminal is never shown raw", async () => {
    const raw = [..."\u0000\u0007\u001b\u007f\u009b\u2028\u202e\u2066"];
    for (const character of raw) {
      const lines = await problemsOf(permitting(`"own${character}ers": ["s${character}elf"], "ranges": ["${character}"]`));
      expect(lines.join("\n")).not.toContain(character);
      expect(lines.join("\n")).toContain(`\\u{${character.codePointAt(0)?.toString(16)}}`);
    }
  });
});

describe("a file that is no policy is refused", () => {
  test("when there is none, or a folder", async () => {
    const none = join(folder, "none.json");
    const mend = "check its path";
    await expect(readPolicy(none, vocabulary)).rejects.toThrow(new UsageError(`${none}: the policy cannot be read (ENOENT): ${mend}`));
    await expect(readPolicy(folder, vocabulary)).rejects.toThrow(new UsageError(`${folder}: the policy cannot be read (EISDIR): ${mend}`));
  });

  test("when it has more than 8 MB, and not before", async () => {
    expect(await problemsOf(permitting(self).padEnd(8_388_609))).toEqual([" the policy has 8388609 bytes; at most 8388608 are read"]);
    await read(permitting(self).padEnd(8_388_608));
  });

  test.each([100, 1000, 1500, 2000, 4000, 6000, 10_000, 1_000_000])("when it is nested %i deep, with no word of a stack", async (depth) => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
      ['[{"a":', "}]"],
      ["[", ""],
    ] as const) {
      const [line = ""] = await problemsOf(permitting(`"owners": ${open.repeat(depth)}1${close.repeat(depth)}`));
      expect(line).not.toContain("stack");
    }
  });

  test.each([
    ["forty thousand unknown keys", `{${Array.from({ length: 40_000 }, (_, i) => `"k${i}": 1`).join()}}`],
    ["a hundred and fifty thousand empty statements", `{"mode": "audit", "permit": [${Array(150_000).fill("{}").join()}]}`],
    ["a key of a million letters", `{"${"k".repeat(1_000_000)}": 1}`],
  ])(
    "when it has %s, within five seconds",
    async (_, policy) => {
      const begin = performance.now();
      await problemsOf(policy);
      expect(performance.now() - begin).toBeLessThan(5000);
    },
    20_000,
  );
});
