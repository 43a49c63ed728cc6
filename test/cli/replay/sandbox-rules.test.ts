import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Outcome } from "#outcome/outcome.ts";
import { withDetail } from "../../support/events.ts";
import { stranger } from "../../support/vpc.ts";
import { changeEvent, later, vpcEvent } from "../../support/vpc-events.ts";
import { sharedProcess } from "../shared-process.ts";
import { outcomesIn, problemsIn } from "./results.ts";

const own = JSON.parse(readFileSync("events/AuthorizeSecurityGroupIngress/permitted-own-group.json", "utf8"));
const { requestParameters, responseElements } = own.detail;
const [rule] = responseElements.securityGroupRuleSet.items;
const run = sharedProcess();
const web = "sg-0a1b2c3d4e5f60718";
const etl = "sg-0fedcba9876543210";

/** The event with other facts about the source group of its rule. */
function withSourceGroup(referencedGroupInfo: object, group = requestParameters) {
  const answer = { ...responseElements, securityGroupRuleSet: { items: [{ ...rule, referencedGroupInfo }] } };
  return withDetail(own, { requestParameters: group, responseElements: answer });
}

async function replayed(event: object): Promise<{ code: number | null; stderr: string; outcomes: readonly Outcome[] }> {
  const { stdout, stderr, code } = await run(["replay", "-", "--json", "--mode", "enforce", "--at", "2026-11-21"], {
    input: JSON.stringify(event),
  });
  return { code, stderr: problemsIn(stderr), outcomes: outcomesIn(stdout) };
}

test("a source group of another account belongs to that account", async () => {
  const { outcomes } = await replayed(withSourceGroup({ groupId: etl, userId: stranger }));

  expect(outcomes).toMatchObject([
    {
      result: "revoked",
      grant: { source: { owner: stranger } },
      decision: { reason: `${stranger} is not a permitted owner, for elasticache replayed-cache` },
    },
  ]);
});

test.each([
  ["in the answer", withSourceGroup({ groupId: etl })],
  ["in a request without an answer", withDetail(own, { responseElements: null })],
  [
    "in a change",
    changeEvent(web, [["sgr-0123456789abcdef0", { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, ReferencedGroupId: etl }]]),
  ],
])("the owner of a source group is unknown when it is not stated %s", async (_name, event) => {
  const { outcomes } = await replayed(event);

  expect(outcomes).toMatchObject([{ result: "revoked", grant: { source: { owner: "unknown", securityGroup: etl } } }]);
});

test("a group that is its own source belongs to the own account", async () => {
  const { outcomes } = await replayed(withSourceGroup({ groupId: web }));

  expect(outcomes).toMatchObject([{ result: "permitted" }]);
});

test("the grant of an event that names its group by name is made, judged and shown", async () => {
  const open = { ipProtocol: "tcp", fromPort: 6379, toPort: 6379, groups: {}, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } };
  const event = vpcEvent("AuthorizeSecurityGroupIngress", { groupName: "web", ipPermissions: { items: [open] } }, { _return: true });
  const { code, stderr, outcomes } = await replayed(event);
  const { stdout } = await run(["replay", "-", "--mode", "enforce"], { input: JSON.stringify(event) });

  expect({ code, stderr, results: outcomes.map(({ result }) => result) }).toEqual({
    code: 0,
    stderr: "assumed: elasticache replayed-cache and redshift replayed-cluster behind web; see --store\n",
    results: ["revoked"],
  });
  expect(stdout).toContain("before      0.0.0.0/0 tcp 6379\n");
  expect(stdout).toContain("after       nobody\n");
});

test("every rule of an event is judged, also beyond the default quota of a group", async () => {
  const items = Array.from({ length: 61 }, (_, n) => ({
    ...rule,
    referencedGroupInfo: undefined,
    securityGroupRuleId: `sgr-${n.toString(16).padStart(17, "0")}`,
    cidrIpv4: `10.0.${n}.0/24`,
  }));
  const { outcomes, code } = await replayed(
    withDetail(own, { responseElements: { ...responseElements, securityGroupRuleSet: { items } } }),
  );
  expect({ code, results: outcomes.map(({ result }) => result) }).toEqual({ code: 0, results: items.map(() => "revoked") });
});

test.each([
  ["IPv4", Array.from({ length: 100 }, (_, n) => `203.0.113.${n}/32`)],
  ["IPv6", ["2001:db8:10::/64"]],
])("an edit of a prefix list has the entries that it adds, of %s, and its violations are reported", async (_family, added) => {
  const edit = (cidrs: readonly string[]) => {
    const AddEntry = cidrs.map((Cidr, n) => ({ tag: n + 1, Cidr }));
    const request = { PrefixListId: "pl-0123456789abcdef0", CurrentVersion: 7, AddEntry };
    return later(vpcEvent("ModifyManagedPrefixList", { ModifyManagedPrefixListRequest: request }, null));
  };
  const open = added[0]?.includes(":") ? "::/0" : "0.0.0.0/0";

  const permitted = await replayed(edit(added));
  const violating = await replayed(edit([...added.slice(1), open]));

  expect(permitted.outcomes).toMatchObject([{ result: "permitted", grant: { source: { entries: { length: added.length } } } }]);
  expect(violating.outcomes).toMatchObject([{ result: "reported", grant: { source: { entries: expect.arrayContaining([open]) } } }]);
});
