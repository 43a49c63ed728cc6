import { describe, expect, test } from "vitest";
import { permitting, policyReader, self } from "./policy-text.ts";

const { read, problemsOf } = policyReader();

describe("a mistake in a statement is reported with its position, its text and the fix", () => {
  test.each<[string, ...string[]]>([
    [`${self}, "service": ["redshift"]`, '2:37: "service": no such key here: did you mean "services"?'],
    [`${self}, "mod": "audit"`, '2:37: "mod": no such key here'],
    [`${self}, "deny": true`, '2:37: "deny": no such key here'],
    [`${self}, "__proto__": {"everyone": true}`, '2:37: "__proto__": no such key here'],
    [`${self}, "constructor": 1`, '2:37: "constructor": no such key here'],
    [`${self}, "owners": ["ADX"]`, '2:37: "owners": this key occurs twice: keep one'],
    [`${self}, "own\\u0065rs": ["ADX"]`, '2:37: "own\\u0065rs": this key occurs twice: keep one'],
  ])("%s", async (keys, ...lines) => {
    expect(await problemsOf(permitting(keys))).toEqual(lines);
  });
});

describe("a mistake in the policy is reported with its position, its text and the fix", () => {
  const permit = `"permit": [{"name": "a", ${self}}]`;

  test.each<[string, ...string[]]>([
    ["", "1:1: the policy is empty"],
    [" \r\n\t", "1:1: the policy is empty"],
    ["\ufeff", "1:1: the policy is empty"],
    ["[]", "1:1: []: write an object in { }"],
    ["null", "1:1: null: write an object in { }"],
    ["{}", '1:1: "mode" is missing: write "enforce" or "audit"', '1:1: "permit" is missing: write a list in [ ]'],
    [`{${permit}}`, '1:1: "mode" is missing: write "enforce" or "audit"'],
    [
      '{"permit": [{"name": "a"}], "mode": "on"}',
      "1:13: this statement permits nothing: add owners, ranges or prefixLists",
      '1:37: "on": write "enforce" or "audit"',
    ],
    [`{"mode": "audit", "permit": [{${self}}]}`, '1:30: "name" is missing: write a text in quotes'],
    [`{"mode": "audit", "mode": "audit", ${permit}}`, '1:19: "mode": this key occurs twice: keep one'],
    [`{"mode": "audit", "__proto__": {"mode": "enforce"}, ${permit}}`, '1:19: "__proto__": no such key here'],
    [
      `{"__proto__": {"mode": "audit"}, ${permit}}`,
      '1:1: "mode" is missing: write "enforce" or "audit"',
      '1:2: "__proto__": no such key here',
    ],
    [`{"mode": "enforce", "auditOnly": [{"owners": ["self"]}], ${permit}}`, '1:36: "owners": no such key here'],
    [`{"mode": "enforce", "auditOnly": [{"region": ["*"]}], ${permit}}`, '1:36: "region": no such key here: did you mean "regions"?'],
    [`{"mode": "enforce", "auditOnly": [{"source": ["foreign"]}], ${permit}}`, '1:36: "source": no such key here: did you mean "sources"?'],
    [`{"mdoe": "audit", "mode": "audit", ${permit}}`, '1:2: "mdoe": no such key here: did you mean "mode"?'],
    [`{"mode": "audit", // why\n${permit}}`, '1:19: // why: not JSON: comments are not allowed: write a "reason" instead'],
    [`{"mode": "audit", ${permit},}`, "1:65: }: not JSON: remove the comma before }"],
    [`{"mode": "audit", ${permit}} {}`, "1:66: {: not JSON: the policy ends before this text: remove it"],
  ])("%j", async (policy, ...lines) => {
    expect((await problemsOf(policy)).slice(0, lines.length)).toEqual(lines);
  });

  test("all mistakes are reported at once, in the order of the text, at most a hundred", async () => {
    const statements = Array.from({ length: 150 }, (_, i) => `{"name": "n${i}", "owners": ["x"]}`).join(",\n");
    const lines = await problemsOf(`{"mode": "on", "permit": [\n${statements}]}`);
    expect(lines).toHaveLength(101);
    expect(lines[0]).toBe('1:10: "on": write "enforce" or "audit"');
    expect(lines.slice(1, 100).map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 99 }, (_, i) => i + 2));
    expect(lines[100]).toBe(" and 51 more");
  });

  test("control characters are never printed raw", async () => {
    const raw = [..."\u0000\u0007\u001b\u007f\u009b\u2028\u202e\u2066"];
    for (const character of raw) {
      const lines = await problemsOf(permitting(`"own${character}ers": ["s${character}elf"], "ranges": ["${character}"]`));
      expect(lines.join("\n")).not.toContain(character);
      expect(lines.join("\n")).toContain(`\\u{${character.codePointAt(0)?.toString(16)}}`);
    }
  });

  test("a byte order mark at the start is accepted and takes no column", async () => {
    expect((await read(`\ufeff${permitting(self)}`)).policy.mode).toBe("enforce");
    expect(await problemsOf('\ufeff{"mode": "on", "permit": [{"name": "a", "owners": ["self"]}]}')).toEqual([
      '1:10: "on": write "enforce" or "audit"',
    ]);
  });
});

describe("a policy is refused", () => {
  test.each([100, 1000, 1500, 2000, 4000, 6000, 10_000, 1_000_000])(
    "when it is nested %i deep, without mention of a stack",
    async (depth) => {
      for (const [open, close] of [
        ["[", "]"],
        ['{"a":', "}"],
        ['[{"a":', "}]"],
        ["[", ""],
      ] as const) {
        const [line = ""] = await problemsOf(permitting(`"owners": ${open.repeat(depth)}1${close.repeat(depth)}`));
        expect(line).not.toContain("stack");
      }
    },
  );

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
