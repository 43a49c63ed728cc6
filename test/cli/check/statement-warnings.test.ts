import { expect, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { checker, withMore } from "./checked.ts";

const check = checker(sharedProcess());

test.each([
  ["an expired statement", [{ name: "x", owners: ["345678901234"], until: "2026-11-01" }], "x: expired after 2026-11-01"],
  [
    "a statement that expires soon",
    [{ name: "x", owners: ["345678901234"], until: "2026-12-01" }],
    "x: expires within 14 days, after 2026-12-01",
  ],
  [
    "a Region that does not exist",
    [{ name: "x", ranges: ["10.0.0.0/8"], regions: ["eu-wst-1", "us-gov-*", "mars-*", "eu-west-1a"] }],
    "x: no AWS Region that this version knows matches: eu-wst-1 (did you mean eu-west-1?), mars-*, eu-west-1a (did you mean eu-west-1?)",
  ],
  [
    "an ARN for a resource name",
    [{ name: "x", ranges: ["10.0.0.0/8"], resources: ["arn:aws:redshift:eu-west-1:345678901234:cluster:dwh-*", "arn:aws:*"] }],
    "x: ARNs, but patterns are compared with names: arn:aws:redshift:eu-west-1:345678901234:cluster:dwh-* (write dwh-*), arn:aws:*",
  ],
  [
    "regular expressions",
    [
      {
        name: "x",
        owners: ["345678901234"],
        resources: ["dwh-.*", "^dwh", "dwh$", "dwh-[0-9]", "(a|b)"],
        securityGroups: ["web\\d", "web.a"],
      },
    ],
    "x: regular expressions, but in patterns only * (any text) and ? (one character) are special: dwh-.*, ^dwh, dwh$, dwh-[0-9], (a|b) and 1 more",
  ],
  ["a very wide range", [{ name: "x", ranges: ["64.0.0.0/2"] }], "x: very wide ranges: 64.0.0.0/2"],
  ["access for everyone", [{ name: "x", ranges: ["::/0"], everyone: true }], "x: permits everyone"],
  [
    "capitals in resource names",
    [{ name: "x", owners: ["345678901234"], resources: ["Analytics-*"] }],
    "these patterns never match: Analytics-*",
  ],
  ["a prefix list that is named twice", [{ name: "x", prefixLists: ["pl-63a5400a", "pl-63a5400a"] }], "x: listed twice: pl-63a5400a"],
  [
    "sources that no call in the scope accepts",
    [{ name: "x", owners: ["345678901234", "ADX"], ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeSnapshotAccess"] }],
    "x: no call in its scope can grant access to: 10.0.0.0/8, ADX",
  ],
])("warns of %s", async (_name, permit, words) => {
  const { stdout, code } = await check(withMore(permit));

  expect(stdout).toContain(words);
  expect(stdout.match(/warning: /g)).toHaveLength(1);
  expect(code).toBe(0);
});
