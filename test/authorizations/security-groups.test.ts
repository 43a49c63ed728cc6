import { describe, expect, test } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { caseOf, entriesOf, grantsOf, sceneWith } from "../support/authorizations.ts";
import { eventOf } from "../support/events.ts";

const cache = caseOf("AuthorizeCacheSecurityGroupIngress");
const names = [
  { entry: cache, key: "cacheSecurityGroupName", level: "cacheSecurityGroup" },
  { entry: caseOf("AuthorizeClusterSecurityGroupIngress"), key: "clusterSecurityGroupName", level: "clusterSecurityGroup" },
];

describe.each(names)("$entry.eventName", ({ entry, key, level }) => {
  const [grant, other] = grantsOf(entry) as [Grant, Grant];

  test.each([
    ["as CloudTrail writes it", (answer: object) => answer],
    ["one level deeper", (answer: object) => ({ [level]: answer })],
  ])("if only the response names the group, %s, all grants on it are evaluated", async (_, form) => {
    await using scene = await sceneWith(entry, grant, other);
    const { requestParameters } = eventOf(grant).detail;
    const event = eventOf(grant, {
      requestParameters: { ...Object(requestParameters), [key]: undefined },
      responseElements: form({ [key]: grant.resource }),
    });

    expect((await scene.invoke(event)).results).toEqual(["revoked", "revoked"]);
    expect(await entriesOf(scene.aws, entry, {})).toEqual([]);
  });
});

test("if an event has a range for a cache security group, which cannot have ranges, the group is listed", async () => {
  const [grant] = grantsOf(cache) as [Grant];
  await using scene = await sceneWith(cache, grant);
  const { requestParameters } = eventOf(grant).detail;

  const { results } = await scene.invoke(eventOf(grant, { requestParameters: { ...Object(requestParameters), cIDRIP: "0.0.0.0/0" } }));

  expect(results).toEqual(["revoked"]);
  expect(scene.requests().map(({ action }) => action)).toEqual(["DescribeCacheSecurityGroups", "RevokeCacheSecurityGroupIngress"]);
});
