import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModifyManagedPrefixListCommand } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { authorize, caseOf } from "../../support/authorizations.ts";
import { eventOf } from "../../support/events.ts";
import { always, noRules } from "../../support/faults.ts";
import { grantTo, home, id } from "../../support/grants.ts";
import type { Scene } from "../../support/scene.ts";
import { prefixList, ranges, sessions, startVpc, tcp } from "../../support/vpc.ts";
import { later, vpcEvent } from "../../support/vpc-events.ts";
import { sharedProcess } from "../shared-process.ts";
import { linesIn, openCacheGroup, openClusterGroup, shareSnapshot } from "./world.ts";

const run = sharedProcess();
const folder = mkdtempSync(join(tmpdir(), "ingress-warden-evasions-"));
const policy = join(folder, "policy.json");
writeFileSync(policy, JSON.stringify({ mode: "enforce", permit: [{ name: "office", ranges: ["203.0.113.0/24"], owners: ["self"] }] }));
const permit = [{ name: "office", ranges: ["203.0.113.0/24"] }];

/** What a sweep of the scene's account says, as `result resource`; of what it would revoke, the result is `revoke`. */
async function swept({ emulator }: Scene, ...flags: string[]): Promise<readonly string[]> {
  const env = { AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: home.account, AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: home.region };
  const { stdout, stderr } = await run(["sweep", "--policy", policy, "--json", ...flags], { env });
  expect(stderr).not.toContain("INCOMPLETE");
  return linesIn(stdout).map(
    ({ result, wouldRevoke, grant }) => `${wouldRevoke ? "revoke" : result} ${(grant as { resource: string }).resource}`,
  );
}

test("grants of which no event arrived are found by a sweep, and applying its plan revokes them", async () => {
  await using vpc = await startVpc({ permit, emulator: { createMissing: true } });
  await vpc.open([ranges(["0.0.0.0/0", "203.0.113.0/24"])]);
  await openClusterGroup(vpc.emulator, "analytics", "0.0.0.0/0");
  await openCacheGroup(vpc.emulator, "web", "999988887777");
  await shareSnapshot(vpc.emulator, "dwh", "999988887777");
  const plan = join(folder, "plan.ndjson");

  const found = await swept(vpc, "--out", plan);

  const violations = ["revoke web", "revoke analytics", "revoke dwh/before-dwh", `revoke ${vpc.web}`];
  expect(found.filter((each) => each.startsWith("revoke"))).toEqual(violations);
  expect(await swept(vpc, "--out", join(folder, "same.ndjson"))).toEqual(found);
  const env = { AWS_ENDPOINT_URL: vpc.emulator.url, AWS_ACCESS_KEY_ID: home.account, AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: home.region };
  expect((await run(["sweep", "--policy", policy, "--apply", plan], { env })).stdout).toMatch(/\n4 revoked\n$/);
  expect(await vpc.rules()).toEqual(["203.0.113.0/24 tcp 6379-6379"]);
});

test("endpoint access to a cluster that was renamed before its event arrived is found by its new name", async () => {
  await using vpc = await startVpc({ permit, emulator: { createMissing: true } });
  const entry = caseOf("AuthorizeEndpointAccess");
  const to = (resource: string) => grantTo({ kind: "account", owner: id("999988887777") }, entry, { resource });
  await authorize(vpc.emulator.url, entry, to("sales"));

  // The event has the name at the time of the call.
  expect((await vpc.invoke(later(eventOf(to("orders"))))).results).toEqual(["alreadyGone"]);

  expect(await swept(vpc)).toContain("revoke sales");
});

test("a rule whose events were handled while AWS's lists were out of date is found once they are not", async () => {
  await using vpc = await startVpc({ permit, store: false });
  const opened = later(await vpc.open([ranges(["0.0.0.0/0"])]));
  // The store's list does not show the group yet.
  expect((await vpc.invoke(opened)).results).toEqual(["outOfScope"]);
  await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, SecurityGroupIds: [vpc.web] }));
  vpc.emulator.fail({ action: "DescribeSecurityGroupRules", times: always, answer: "rewritten", rewrite: noRules });
  const attached = vpcEvent("CreateCacheCluster", { cacheClusterId: "sessions", securityGroupIds: [vpc.web] }, null, "elasticache");
  expect((await vpc.invoke(attached)).results).toEqual([]);
  vpc.emulator.heal();

  expect(await swept(vpc)).toEqual([`revoke ${vpc.web}`]);
});

test("a prefix list that changed without an event here has its rules found by its entries as they are now", async () => {
  await using vpc = await startVpc({ permit });
  const PrefixListId = await prefixList(vpc, ["203.0.113.1/32"]);
  expect((await vpc.invoke(await vpc.open([tcp({ PrefixListIds: [{ PrefixListId }] })]))).results).toEqual(["permitted"]);
  const AddEntries = [{ Cidr: "0.0.0.0/0" }];
  await vpc.ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));

  expect(await swept(vpc)).toEqual([`revoke ${vpc.web}`]);
});
