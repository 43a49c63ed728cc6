import { describe, expect, test } from "vitest";
import { oncePerRule } from "#domain/rule-forms.ts";
import { grant, policy, range } from "./builders.ts";

const office = policy({ office: { ranges: ["203.0.113.0/24"] } });
const form = (text: string, id?: string) => grant(range(text), { rule: { protocol: "tcp", ...(id !== undefined && { id }) } });
const permitted = form("203.0.113.0/24", "sgr-1");
const violating = form("198.51.100.0/24", "sgr-1");

describe("a rule that was found in two forms", () => {
  test.each([[[permitted, violating]], [[violating, permitted]]])("is judged once, by the form that is a violation", (forms) => {
    expect(oncePerRule(forms, office, 0)).toEqual([violating]);
  });

  test("is judged by its first form when both have the same verdict", () => {
    const other = form("192.0.2.0/24", "sgr-1");
    expect(oncePerRule([violating, other], office, 0)).toEqual([violating]);
  });
});

test("rules that differ in their ids, or have none, are all judged", () => {
  const grants = [violating, form("198.51.100.0/24", "sgr-2"), form("198.51.100.0/24"), form("192.0.2.0/24")];
  expect(oncePerRule(grants, office, 0)).toEqual(grants);
});
