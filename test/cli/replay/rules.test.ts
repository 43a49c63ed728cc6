import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Outcome } from "#outcome/outcome.ts";
import { withDetail } from "../../support/events.ts";
import { cli } from "../../support/run.ts";
import { stranger } from "../../support/vpc.ts";
import { changeEvent, vpcEvent } from "../../support/vpc-events.ts";

const own = JSON.parse(readFileSync("events/AuthorizeSecurityGroupIngress/permitted-own-group.json", "utf8"));
const { requestParameters, responseElements } = own.detail;
const [rule] = responseElements.securityGroupRuleSet.items;
const web = "sg-0a1b2c3d4e5f60718";
const etl = "sg-0fedcba9876543210";

/** The event with another group as the source of its rule. */
function lettingIn(referencedGroupInfo: object, group = requestParameters) {
  const answer = { ...responseElements, securityGroupRuleSet: { items: [{ ...rule, referencedGroupInfo }] } };
  return withDetail(own, { requestParameters: group, responseElements: answer });
}

async function replayed(event: object): Promise<{ code: number | null; stderr: string; outcomes: readonly Outcome[] }> {
  const { stdout, stderr, code } = await cli(["replay", "-", "--json", "--mode", "enforce", "--at", "2026-11-21"], {
    input: JSON.stringify(event),
  });
  return {
    code,
    stderr,
    outcomes: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

test("a group of another account is its, and not the own account's", async () => {
  const { outcomes } = await replayed(lettingIn({ groupId: etl, userId: stranger }));

  expect(outcomes).toMatchObject([
    {
      result: "revoked",
      grant: { source: { owner: stranger } },
      decision: { reason: `${stranger} is not a permitted owner, for elasticache replayed-cache` },
    },
  ]);
});

test.each([
  ["in the answer", lettingIn({ groupId: etl })],
  ["in a request without an answer", withDetail(own, { responseElements: null })],
  [
    "in a change",
    changeEvent(web, [["sgr-0123456789abcdef0", { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, ReferencedGroupId: etl }]]),
  ],
])("a group whose owner is not told %s stays unknown", async (_name, event) => {
  const { outcomes } = await replayed(event);

  expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown", securityGroup: etl } } }]);
});

test("a group that lets itself in is of the own account, told or not", async () => {
  const { outcomes } = await replayed(lettingIn({ groupId: web }));

  expect(outcomes).toMatchObject([{ result: "permitted" }]);
});

test("an event that names the group by its name alone is made, judged and shown", async () => {
  const open = { ipProtocol: "tcp", fromPort: 6379, toPort: 6379, groups: {}, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } };
  const event = vpcEvent("AuthorizeSecurityGroupIngress", { groupName: "web", ipPermissions: { items: [open] } }, { _return: true });
  const { code, stderr, outcomes } = await replayed(event);
  const { stdout } = await cli(["replay", "-", "--mode", "enforce"], { input: JSON.stringify(event) });

  expect({ code, stderr, results: outcomes.map(({ result }) => result) }).toEqual({ code: 0, stderr: "", results: ["revoked"] });
  expect(stdout).toContain("before      0.0.0.0/0 tcp 6379\n");
  expect(stdout).toContain("after       nobody\n");
});
