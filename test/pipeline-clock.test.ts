import { expect, test } from "vitest";
import { ranges, startVpc } from "./support/vpc.ts";

const office = { name: "office", ranges: ["203.0.113.0/24"], until: "2026-01-31" };

test.each([
  ["2026-01-31T23:59:59Z", "permitted"],
  ["2026-02-01T00:00:00Z", "revoked"],
])("the policy is judged at the time that is given, whatever the clock shows: at %s a grant is %s", async (at, result) => {
  await using vpc = await startVpc({ permit: [office], at: Date.parse(at) });
  const event = await vpc.open([ranges(["203.0.113.0/24"])]);

  expect((await vpc.invoke(event)).results).toEqual([result]);
});

test.each([
  ["a moment", 7, 0],
  ["six minutes", 1, 360_000],
])(
  "the windows of eventual consistency follow the clock: %s after the event, a rule that is not found is revoked %i times",
  async (_, times, later) => {
    await using vpc = await startVpc({ clock: () => Date.now() + later });
    const event = await vpc.open([ranges(["198.51.100.0/24"])]);
    const [id] = await vpc.ids();
    await vpc.drop(id);

    const { results } = await vpc.invoke(event);

    expect(results).toEqual(["alreadyGone"]);
    expect(vpc.requests().filter(({ action }) => action === "RevokeSecurityGroupIngress")).toHaveLength(times);
  },
);
