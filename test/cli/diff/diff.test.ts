import { expect, onTestFinished, test } from "vitest";
import { sharedProcess } from "../shared-process.ts";
import { cacheBehind, linesIn, openClusterGroup, startWorld } from "../sweep/world.ts";
import { temporaryFiles } from "../temporary-files.ts";

const run = sharedProcess();
const put = temporaryFiles();

const office = { name: "office", ranges: ["203.0.113.0/24"] };
const guests = { name: "guests", ranges: ["198.51.100.0/24"], reason: "old words" };

async function compared(before: object, after: object, ...flags: string[]) {
  const { emulator, env } = await startWorld();
  onTestFinished(() => emulator.close());
  await openClusterGroup(emulator, "analytics", "203.0.113.0/24");
  await openClusterGroup(emulator, "analytics", "198.51.100.0/24");
  await cacheBehind(emulator, "sessions", [["192.0.2.0/24", 6379]]);
  const { stdout } = await run(["inventory"], { env });
  const files = [
    await put("old.json", JSON.stringify(before)),
    await put("new.json", JSON.stringify(after)),
    await put("i.ndjson", stdout),
  ];
  return run(["diff", files[0] ?? "", files[1] ?? "", "--inventory", files[2] ?? "", ...flags]);
}

test("names the grants that change their verdict, by which statements, and exits with 3 for a new violation", async () => {
  const { code, stdout } = await compared(
    { mode: "enforce", permit: [office, guests] },
    { mode: "enforce", permit: [office, { name: "lab", ranges: ["192.0.2.0/24"] }] },
  );
  expect(stdout).toMatch(
    /^would become a violation \(1\)\n {2}123456789012 eu-west-1 redshift analytics 198\.51\.100\.0\/24: permitted by guests → violation \(enforce\): 198\.51\.100\.0\/24 is in no permitted range\n\nwould be permitted \(1\)\n {2}123456789012 eu-west-1 ec2 sg-[0-9a-f]+ 192\.0\.2\.0\/24 tcp 6379: violation \(enforce\): .* → permitted by lab\n\nstatements and settings\n {2}guests: removed\n {2}lab: added\n\n3 grants compared: 1 would become a violation, 1 would be permitted\n$/,
  );
  expect(code).toBe(3);
});

test("names statements and settings that changed, although no grant shows it", async () => {
  const { code, stdout } = await compared(
    { mode: "enforce", permit: [office, guests] },
    {
      mode: "enforce",
      permit: [
        { ...guests, reason: "new words" },
        { ...office, until: "2099-01-31" },
      ],
      sharedGroups: "revoke",
    },
  );
  expect(stdout).toBe(
    "statements and settings\n  sharedGroups: changed; no grant shows it\n  office: changed in until; no grant shows it\n\n3 grants compared: none changes\n",
  );
  expect(code).toBe(0);
});

test("a change of the mode is shown by the violations that would be revoked from then on", async () => {
  const { code, stdout } = await compared(
    { mode: "audit", permit: [office, guests] },
    { mode: "enforce", permit: [office, guests] },
    "--json",
  );
  expect(linesIn(stdout)).toMatchObject([
    { change: "enforced", old: { mode: "audit" }, new: { mode: "enforce" }, grant: { source: { range: "192.0.2.0/24" } } },
    { setting: "mode", change: "changed", shown: true },
  ]);
  expect(code).toBe(0);
});

test("--markdown has tables in which text from AWS has no meaning", async () => {
  const hostile = { name: "guests|`<b>", ranges: ["198.51.100.0/24"] };
  const { stdout } = await compared({ mode: "enforce", permit: [office, hostile] }, { mode: "enforce", permit: [office] }, "--markdown");
  expect(stdout).toContain("**3 grants compared: 1 would become a violation**");
  expect(stdout).toContain(
    "| grant | before | after |\n|---|---|---|\n| `123456789012 eu-west-1 redshift analytics 198.51.100.0/24` | `permitted by guests\\|'<b>` |",
  );
});

test("compares by the grants of events, too", async () => {
  const [one, other] = [
    await put("a.json", JSON.stringify({ mode: "enforce", permit: [{ name: "a", ranges: ["203.0.112.0/22"] }] })),
    await put("b.json", JSON.stringify({ mode: "enforce", permit: [office] })),
  ];
  const event = "events/AuthorizeClusterSecurityGroupIngress/violating-partly-covered-range.json";
  const { code, stdout } = await run(["diff", one, other, event]);
  expect(stdout).toContain(
    "redshift analytics 203.0.112.0/23: permitted by a → violation (enforce): 203.0.112.0/24 is in no permitted range",
  );
  expect(code).toBe(3);
});

test.each([
  [["policy.json"], "diff takes two policies"],
  [["policy.json", "policy.json", "--json", "--markdown"], "give one of them"],
  [["policy.json", "/nonexistent"], "cannot be read (ENOENT)"],
  [["policy.json", "policy.json", "--inventory", "package.json"], "each line must be one JSON object"],
])("%j is wrong usage", async (args, message) => {
  const { code, stderr } = await run(["diff", ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});

test("rules of different events are compared each, although the emulator gives them the same id", async () => {
  const [one, other] = [
    await put("a.json", JSON.stringify({ mode: "enforce", permit: [office, guests] })),
    await put("b.json", JSON.stringify({ mode: "enforce", permit: [office] })),
  ];
  const eventOf = (cidrIp: string, eventID: string) => ({
    "detail-type": "AWS API Call via CloudTrail",
    detail: {
      eventSource: "ec2.amazonaws.com",
      eventName: "AuthorizeSecurityGroupIngress",
      eventTime: "2026-11-20T10:00:00Z",
      eventID,
      awsRegion: "eu-west-1",
      recipientAccountId: "123456789012",
      requestParameters: {
        groupId: "sg-0a1b2c3d4e5f60718",
        ipPermissions: { items: [{ ipProtocol: "-1", ipRanges: { items: [{ cidrIp }] } }] },
      },
      responseElements: { _return: true },
    },
  });
  const events = await put("events.json", JSON.stringify([eventOf("203.0.113.0/24", "e1"), eventOf("198.51.100.0/24", "e2")]));
  const { code, stdout } = await run(["diff", one, other, events]);
  expect(stdout).toContain("2 grants compared: 1 would become a violation");
  expect(code).toBe(3);
});
