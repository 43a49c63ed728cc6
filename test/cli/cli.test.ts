import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { rawTexts } from "../support/output.ts";
import { cli } from "../support/run.ts";

const open = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const permitted = "events/AuthorizeClusterSecurityGroupIngress/permitted-range.json";
const envelope = JSON.parse(readFileSync(open, "utf8"));
const at = ["--at", "2026-11-21"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-cli-"));
});

async function put(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const results = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).result);

describe("replay", () => {
  test("shows who stood there before, what happened, how to undo it and who stands there now", async () => {
    const { stdout, code } = await cli(["replay", open, permitted, "--mode", "enforce", ...at]);

    expect(code).toBe(0);
    expect(stdout).toContain("before      0.0.0.0/0\n");
    expect(stdout).toContain("revoked     redshift analytics 0.0.0.0/0: ");
    expect(stdout).toContain("undo        aws redshift authorize-cluster-security-group-ingress");
    expect(stdout).toContain("after       nobody\n");
    expect(stdout).toContain("after       203.0.113.64/26\n");
    expect(stdout.endsWith("1 revoked, 1 permitted\n")).toBe(true);
  });

  test("in audit mode reports and ends with 3, as nothing was changed", async () => {
    const { stdout, code } = await cli(["replay", open, "--json", ...at]);

    expect(code).toBe(3);
    expect(results(stdout)).toEqual(["reported"]);
  });

  test.each([
    ["a bare CloudTrail record", () => JSON.stringify(envelope.detail)],
    ["a pretty-printed event", () => JSON.stringify(envelope, null, 4)],
    ["what an on-failure queue keeps", () => JSON.stringify({ requestPayload: envelope, responsePayload: { errorMessage: "x" } })],
    [
      "a file of a trail, unrelated calls passed over",
      () => JSON.stringify({ Records: [{ eventSource: "s3.amazonaws.com", eventName: "GetObject" }, envelope.detail] }),
    ],
    ["one event a line", () => `${JSON.stringify(envelope)}\n`],
  ])("reads %s, from a file, gzipped and on standard input", async (_name, content) => {
    const plain = await put("sample.json", content());
    const zipped = await put("sample.json.gz", gzipSync(content()));
    const runs = await Promise.all([
      cli(["replay", plain, "--json", "--mode", "enforce", ...at]),
      cli(["replay", zipped, "--json", "--mode", "enforce", ...at]),
      cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input: content() }),
    ]);

    for (const { stdout, code } of runs) expect([code, ...results(stdout)]).toEqual([0, "revoked"]);
  });

  test("goes on after what cannot be read, says where it was and ends with 1", async () => {
    const input = [JSON.stringify(envelope), "{broken", JSON.stringify({ detail: {} }), JSON.stringify(envelope)].join("\n");
    const { stdout, stderr, code } = await cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input });

    expect(code).toBe(1);
    expect(results(stdout)).toEqual(["revoked", "revoked"]);
    expect(stderr).toContain("-:2: is not JSON");
    expect(stderr).toContain("-:3: Not a CloudTrail record");
  });

  test("reads what is gzipped whatever its name, and folders of files with one event a line", async () => {
    const inner = await mkdtemp(join(folder, "folder-"));
    await writeFile(join(inner, "zipped.json"), gzipSync(JSON.stringify(envelope)));
    await writeFile(join(inner, "lines.jsonl"), `${JSON.stringify(envelope)}\n`.repeat(2));
    await writeFile(join(inner, "notes.txt"), "no event");
    const { stdout, code } = await cli(["replay", inner, "--json", "--mode", "enforce", ...at]);

    expect([code, ...results(stdout)]).toEqual([0, "revoked", "revoked", "revoked"]);
  });

  test("complains once of a file that is neither JSON nor one event a line", async () => {
    const { stderr, code } = await cli(["replay", await put("broken.json", '{\n  "detail": {\n    "a": 1,\n')]);

    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("a grant that the emulator refuses to make is judged, and told with 1", async () => {
    const event = structuredClone(envelope);
    const iPRanges = Array.from({ length: 21 }, (_, index) => ({ status: "authorized", cIDRIP: `198.18.${index}.0/24` }));
    event.detail.requestParameters.omitted = true;
    event.detail.responseElements = { clusterSecurityGroupName: "analytics", iPRanges };
    const input = JSON.stringify(event);
    const { stderr, code, stdout } = await cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input });

    expect(new Set(results(stdout))).toEqual(new Set(["revoked", "alreadyGone"]));
    expect([code, stderr]).toEqual([1, expect.stringContaining("the emulator refuses to make this grant first")]);
  });

  test("goes on when nobody reads on", async () => {
    const input = `${JSON.stringify(envelope)}\n`.repeat(3);
    const { code } = await cli(["replay", "-", "--json", "--mode", "enforce", ...at], { input, closeStdout: true });

    expect(code).toBe(0);
  });

  test("with --endpoint creates nothing and sends the revoke there", async () => {
    await using emulator = await startEmulator();
    const { stdout, code } = await cli(["replay", open, "--endpoint", emulator.url, "--mode", "enforce", "--json", ...at]);

    expect([code, ...results(stdout)]).toEqual([0, "alreadyGone"]);
    expect(emulator.requests.map(({ action }) => action)).toEqual(["RevokeClusterSecurityGroupIngress", "DescribeClusterSecurityGroups"]);
  });

  test("refuses an endpoint elsewhere without --aws, and an audit policy loosened against AWS", async () => {
    const elsewhere = await cli(["replay", open, "--endpoint", "https://redshift.eu-west-1.amazonaws.com"]);
    const loosened = await cli(["replay", open, "--aws", "--mode", "enforce"]);

    const partly = await put(
      "partly.json",
      JSON.stringify({ mode: "enforce", auditOnly: [{ services: ["redshift"] }], permit: [{ name: "own", owners: ["self"] }] }),
    );
    const widened = await cli(["replay", open, "--aws", "--mode", "enforce", "--policy", partly]);

    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining("--aws")]);
    expect([widened.code, widened.stderr]).toEqual([2, expect.stringContaining("cannot loosen")]);
    expect([loosened.code, loosened.stderr]).toEqual([2, expect.stringContaining("audit")]);
  });

  test("with --aws takes nothing back in another account than that of the credentials", async () => {
    await using emulator = await startEmulator();
    const policy = await put("enforcing.json", JSON.stringify({ mode: "enforce", permit: [{ name: "own", owners: ["self"] }] }));
    const env = (account: string) => ({
      AWS_ENDPOINT_URL: emulator.url,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: "x",
    });
    const [own, other] = await Promise.all(
      ["123456789012", "999988887777"].map((account) =>
        cli(["replay", open, "--aws", "--json", "--policy", policy], { env: env(account) }),
      ),
    );

    expect(results(own?.stdout ?? "")).toEqual(["alreadyGone"]);
    expect([other?.code, ...results(other?.stdout ?? "")]).toEqual([1, "failed"]);
    expect(emulator.requests.filter(({ account, service }) => account === "999988887777" && service !== "sts")).toEqual([]);
  });

  test("an expired statement permits at the time asked for, not later", async () => {
    const group = "events/AuthorizeClusterSecurityGroupIngress/permitted-security-group.json";
    const [inTime, late] = await Promise.all(
      ["2027-01-31T23:59:59Z", "2027-02-01"].map((time) => cli(["replay", group, "--json", "--at", time])),
    );

    expect(results(inTime?.stdout ?? "")).toEqual(["permitted"]);
    expect(results(late?.stdout ?? "")).toEqual(["reported"]);
  });
});

describe("wrong usage is one line with the nearest right one, and 2", () => {
  test.each([
    [["replay", "--polcy", "x"], "did you mean --policy?"],
    [["rplay"], "did you mean replay?"],
    [["replay", "no-such-file.json"], "no such file or folder"],
    [["replay", "-"], "standard input is empty"],
    [["replay", open, "--mode", "kill"], "write enforce or audit"],
    [["replay", open, "--at", "tomorrow"], "write a day or an instant"],
    [["replay", open, "--endpoint", "nowhere"], "write a URL"],
    [["replay", open, "--policy", "no-such.json"], "cannot be read"],
    [["check", "a.json", "b.json"], "one policy file"],
    [["check", "policy.json", "--policy", "policy.json"], "as FILE, or with --policy"],
    [["schema", "cat"], "policy or outcome"],
    [["explain", "--service", "redshft", "--resource", "a", "--range", "10.0.0.0/8"], "known are elasticache"],
    [["explain", "--service", "redshift", "--resource", "a"], "one of --range, --owner or --prefix-list"],
    [["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.0/8", "--prefix-list", "pl-63a5400a"], "one of --range, "],
    [["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-x"], "such as pl-63a5400a"],
    [["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.1"], "write CIDR notation"],
    [["explain", "--service", "redshift", "--service", "elasticache", "--resource", "a", "--range", "::/8"], "--service is given twice"],
    [["explain", "--service", "redshift", "--resource", "a", "--owner", "12"], "twelve digits"],
    [["explain", "--service", "elasticache", "--resource", "a", "--range", "10.0.0.0/8", "--region", "paris"], "such as eu-west-1"],
    [["explain", "--service", "elasticache", "--resource", "a\u009b1m", "--range", "10.0.0.0/8"], '"a\\u{9b}1m": no such name'],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333"],
      "--authorization, one of AuthorizeEndpointAccess, AuthorizeSnapshotAccess, AuthorizeDataShare",
    ],
    [["explain", "--service", "redshift", "--resource", "nightly", "--owner", "amazon-redshift-support"], "write cluster/snapshot"],
    [["explain", "--service", "redshift", "--resource", "sales", "--owner", "ADX"], "write namespace/share"],
    [
      ["explain", "--service", "redshift", "--resource", "a/b", "--owner", "ADX", "--authorization", "AuthorizeSnapshotAccess"],
      "AuthorizeSnapshotAccess accepts no ADX",
    ],
    [
      ["explain", "--service", "redshift-serverless", "--resource", "a", "--owner", "111122223333", "--security-group", "etl"],
      "redshift-serverless accepts no security group by its name",
    ],
    [["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", ""], '--security-group is ""'],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", "a\u001b[2J\u202e"],
      '"a\\u001b[2J\\u{202e}": no such name',
    ],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--owner", "111122223333", "--security-group", "sg-Web"],
      '"sg-Web": no such name',
    ],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-63a5400a", "--at", "\u009b\u202e"],
      '"\\u{9b}\\u{202e}": write a day',
    ],
    [["check", "--at", "\u009b"], '"\\u{9b}": write a day'],
    [["replay", open, "--mode", "\u009b"], '"\\u{9b}": write enforce'],
    [["replay", open, "--endpoint", "\u009b"], '"\\u{9b}": write a URL'],
    [["replay", open, "--endpoint", "http://x.example/\u202e"], '/\\u{202e}" is not on this machine'],
    [["check", "no\u001b[2Jsuch.json"], "no\\u{1b}[2Jsuch.json: the policy cannot be read"],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--range", "10.0.0.0/8", "--authorization", "AuthorizeDataShare"],
      "AuthorizeDataShare accepts no range",
    ],
    [
      ["explain", "--service", "redshift", "--resource", "a", "--owner", "ADX", "--authorization", "AuthorizeDatashare"],
      '"AuthorizeDatashare": redshift has AuthorizeCluster',
    ],
    [["explain", "--service", "elasticache", "--resource", "a", "--owner", "ADX"], "elasticache accepts no account as a whole"],
  ])("%j", async (args, words) => {
    const { code, stderr, stdout } = await cli(args);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("check", () => {
  const base = { mode: "enforce", permit: [{ name: "own", owners: ["self"] }] };
  const warned = async (permit: readonly object[]) => {
    const file = await put("checked.json", JSON.stringify({ ...base, permit: [...base.permit, ...permit] }));
    return cli(["check", file, ...at]);
  };

  test("points out the sample policy's documentation addresses and ids", async () => {
    const { stdout, code } = await cli(["check", ...at]);

    expect(code).toBe(0);
    expect(stdout).toContain("office-and-vpn: addresses of documentation, which nobody has: 203.0.113.0/24");
    expect(stdout).toContain("own-accounts: account ids of AWS's documentation: 111122223333");
    expect(stdout).toContain("policy.json: valid, 7 statements, mode audit");
  });

  test.each([
    ["expired", [{ name: "x", owners: ["345678901234"], until: "2026-11-01" }], "x: expired after 2026-11-01"],
    ["soon expiring", [{ name: "x", owners: ["345678901234"], until: "2026-12-01" }], "x: expires after 2026-12-01"],
    [
      "covered",
      [
        { name: "wide", ranges: ["10.0.0.0/8"] },
        { name: "x", ranges: ["10.1.0.0/16"], services: ["redshift"] },
      ],
      "x: wide permits already: 10.1.0.0/16",
    ],
    [
      "doubled",
      [
        { name: "x", ranges: ["10.0.0.0/8"] },
        { name: "y", ranges: ["10.0.0.0/8"] },
      ],
      "y: x permits already: 10.0.0.0/8",
    ],
    ["very wide", [{ name: "x", ranges: ["64.0.0.0/2"] }], "x: very wide: 64.0.0.0/2"],
    [
      "everyone in halves",
      [
        { name: "x", ranges: ["0.0.0.0/1"] },
        { name: "y", ranges: ["128.0.0.0/1"] },
      ],
      "x, y: together everyone, as 0.0.0.0/0 would",
    ],
    ["everyone", [{ name: "x", ranges: ["::/0"], everyone: true }], "x: lets everyone in"],
    ["capitals", [{ name: "x", owners: ["345678901234"], resources: ["Analytics-*"] }], "capitals never fit: Analytics-*"],
    ["named twice", [{ name: "x", prefixLists: ["pl-63a5400a", "pl-63a5400a"] }], "x: named twice: pl-63a5400a"],
    [
      "a prefix list of another statement",
      [
        { name: "x", prefixLists: ["pl-63a5400a"] },
        { name: "y", prefixLists: ["pl-63a5400a"], services: ["redshift"] },
      ],
      "y: x permits already: pl-63a5400a",
    ],
    [
      "one network in two spellings",
      [
        { name: "x", ranges: ["10.0.0.0/9", "10.128.0.0/9"] },
        { name: "y", ranges: ["10.0.0.0/8"] },
      ],
      "y: x permits already: 10.0.0.0/8",
    ],
    [
      "one network in two spellings, the wide one first",
      [
        { name: "x", ranges: ["10.0.0.0/8"] },
        { name: "y", ranges: ["10.0.0.0/9", "10.128.0.0/9"] },
      ],
      "y: x permits already: 10.0.0.0/9, 10.128.0.0/9",
    ],
    [
      "what no call in the scope lets in",
      [{ name: "x", owners: ["345678901234", "ADX"], ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeSnapshotAccess"] }],
      "x: no call in its scope lets in: 10.0.0.0/8, ADX",
    ],
  ])("warns of what is %s", async (_name, permit, words) => {
    const { stdout, code } = await warned(permit);

    expect(stdout).toContain(words);
    expect(stdout.match(/warning: /g)).toHaveLength(words.includes("together") ? 3 : 1);
    expect(code).toBe(0);
  });

  test.each([
    [
      "of one service",
      [{ services: ["redshift"] }, { services: ["redshift", "elasticache"] }],
      "x, y: together everyone, as 0.0.0.0/0 would",
    ],
    ["of everything and of one resource", [{}, { resources: ["analytics"] }], "x, y: together everyone, as 0.0.0.0/0 would"],
    ["of two services", [{ services: ["redshift"] }, { services: ["elasticache"] }], undefined],
    ["of two Regions", [{ regions: ["eu-*"] }, { regions: ["us-*"] }], undefined],
  ])("knows whether the halves of everything meet: %s", async (_name, scopes, words) => {
    const halves = ["0.0.0.0/1", "128.0.0.0/1"].map((range, index) => ({ name: "xy"[index], ranges: [range], ...scopes[index] }));
    const { stdout } = await warned(halves);

    if (words) expect(stdout).toContain(words);
    else expect(stdout).not.toContain("together");
  });

  test.each([
    ["one resource", { services: ["elasticache"], resources: ["foo"] }, "elasticache, redshift, redshift-serverless"],
    ["one service", { services: ["redshift"] }, "elasticache, redshift-serverless"],
    ["some Regions", { regions: ["eu-*"] }, "elasticache, redshift, redshift-serverless"],
  ])("warns of an own account that is permitted in %s only", async (_name, scope, services) => {
    const file = await put("narrow.json", JSON.stringify({ ...base, permit: [{ name: "own", owners: ["self"], ...scope }] }));

    expect((await cli(["check", file, ...at])).stdout).toContain(`"self" for every VPC rule of ${services}: `);
  });

  test("has nothing to say of an own account that is permitted by service", async () => {
    const permit = ["elasticache", "redshift", "redshift-serverless"].map((name) => ({
      name,
      owners: ["self"],
      services: [name],
      regions: ["*"],
    }));
    const file = await put("by-service.json", JSON.stringify({ ...base, permit }));

    expect((await cli(["check", file, ...at])).stdout).not.toContain("warning");
  });

  test.each([
    ["ranges to a datashare", { ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeDataShare"] }],
    ["a word to another service", { owners: ["ADX"], services: ["elasticache"] }],
    ["a call of another service", { owners: ["self"], services: ["elasticache"], authorizations: ["AuthorizeDataShare"] }],
    [
      "an account as a whole to a group",
      { owners: ["ADX", "345678901234"], securityGroups: ["x"], authorizations: ["AuthorizeDataShare"] },
    ],
  ])("refuses a statement that can permit nothing, at its place: %s", async (_name, keys) => {
    const text = `{"mode": "enforce", "permit": [\n${JSON.stringify({ name: "x", ...keys })}]}`;
    const { code, stderr } = await cli(["check", await put("nothing.json", text)]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/:2:\d+: \["[A-Za-z]+"\]: no call in this scope lets in what the statement names, so it permits nothing: /);
  });

  test("warns of capitals in exceptions, and tells of scopes with the other mode", async () => {
    const file = await put("scoped.json", JSON.stringify({ ...base, auditOnly: [{ resources: ["Sales-*"] }] }));
    const { stdout } = await cli(["check", file, ...at]);

    expect(stdout).toContain("auditOnly: AWS stores these names in lower case, so capitals never fit: Sales-*");
    expect(stdout).toContain("mode enforce, the other one in 1 of its scopes");
  });

  test("warns when own groups would be violations: no self, an expired one, or one that no VPC rule fits", async () => {
    const policies = [
      [{ name: "x", ranges: ["10.0.0.0/8"] }],
      [{ name: "x", owners: ["self"], until: "2026-11-01" }],
      [{ name: "x", owners: ["self"], securityGroups: ["web-*"] }],
    ];
    const said = await Promise.all(
      policies.map(
        async (permit, index) => (await cli(["check", await put(`own-${index}.json`, JSON.stringify({ ...base, permit })), ...at])).stdout,
      ),
    );

    for (const stdout of said) expect(stdout).toContain('no statement has the owner "self"');
    expect(said[2]).toContain("VPC rule");
  });

  test("has nothing to say of a policy that means what it says", async () => {
    const sales = { name: "y", owners: ["345678901234"], authorizations: ["AuthorizeDataShare"], resources: ["*/Sales"] };
    expect((await warned([{ name: "x", ranges: ["10.0.0.0/8"] }, sales])).stdout).not.toContain("warning");
  });

  test("shows nothing of a file's name as the terminal would take it", async () => {
    const [valid, invalid] = await Promise.all([put("a\u001b[2J.json", JSON.stringify(base)), put("b\u009b.json", "{")]);
    const [good, bad] = await Promise.all([cli(["check", valid]), cli(["check", invalid])]);

    expect(good.stdout).toContain("a\\u{1b}[2J.json: valid");
    expect(bad.stderr).toContain("b\\u{9b}.json:1:");
    expect(rawTexts([good.stdout, bad.stderr].join("").split("\n"))).toEqual([]);
  });

  test("shows every error of an invalid policy, with its place, and ends with 2", async () => {
    const file = await put("bad.json", '{ "mode": "enforce",\n  "permit": [{ "name": "x", "ranges": ["10.0.0.1/8", "::1"] }] }');
    const { stderr, stdout, code } = await cli(["check", file]);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(':2:40: "10.0.0.1/8": has bits set beyond /8: write "10.0.0.0/8"');
    expect(stderr).toContain(':2:54: "::1": is an address without a prefix length: write "::1/128"');
  });
});

describe("explain", () => {
  const explain = async (...args: string[]) => cli(["explain", "--service", "redshift", "--resource", "analytics-1", ...args, ...at]);

  test("names the statement that permits", async () => {
    const { stdout, code } = await explain("--range", "203.0.113.0/25");

    expect(code).toBe(0);
    expect(stdout).toContain('"name":"office-and-vpn"');
  });

  test("names what is uncovered, the nearest statement and the one that would permit, and ends with 3", async () => {
    const { stdout, code } = await explain("--range", "203.0.112.0/23", "--json");
    const told = JSON.parse(stdout);

    expect(code).toBe(3);
    expect(told).toMatchObject({
      mode: "audit",
      decision: { verdict: "violation", uncovered: ["203.0.112.0/24"] },
      nearest: { name: "office-and-vpn" },
    });
    expect(told.permitWith).toMatchObject({ ranges: ["203.0.112.0/23"], services: ["redshift"], resources: ["analytics-1"] });
  });

  test("asks which call is meant where the policy judges them differently, and else takes the service's own", async () => {
    const only = { name: "rules", ranges: ["10.0.0.0/8"], authorizations: ["AuthorizeSecurityGroupIngress"] };
    const policy = ["--policy", await put("rules.json", JSON.stringify({ mode: "enforce", permit: [only] }))];
    const asked = await explain("--range", "10.0.0.0/24", ...policy);
    expect([asked.code, asked.stdout]).toEqual([2, ""]);
    expect(asked.stderr).toContain("--authorization, one of AuthorizeClusterSecurityGroupIngress, AuthorizeSecurityGroupIngress");
    const named = await explain("--range", "10.0.0.0/24", ...policy, "--authorization", "AuthorizeSecurityGroupIngress");
    expect([named.code, named.stdout]).toEqual([0, expect.stringContaining("by AuthorizeSecurityGroupIngress")]);
    const agreed = await explain("--range", "192.0.2.0/24", ...policy);
    expect([agreed.code, agreed.stdout]).toEqual([3, expect.stringContaining("by AuthorizeClusterSecurityGroupIngress")]);
  });

  test("takes a VPC rule where no call of the service's own lets in a range", async () => {
    const { stdout } = await cli(["explain", "--service", "elasticache", "--resource", "sessions", "--range", "10.0.0.0/8", ...at]);
    expect(stdout).toMatch(/^violation {2}elasticache sessions .* by AuthorizeSecurityGroupIngress\n/);
  });

  test("judges a prefix list by its id, and says that its entries are not looked up", async () => {
    const { stdout, code } = await explain("--prefix-list", "pl-63a5400a");
    const [{ code: namedCode }, { stdout: told }] = await Promise.all([
      cli(["explain", "--service", "redshift", "--resource", "a", "--prefix-list", "pl-63a5400a", ...at, "--policy", await listing()]),
      explain("--prefix-list", "pl-63a5400a", "--json"),
    ]);

    expect([code, namedCode]).toEqual([3, 0]);
    expect(stdout).toContain("because   prefix list pl-63a5400a is not permitted\n");
    expect(stdout).toMatch(/note {6}.* entries .* not known here/);
    expect(JSON.parse(told)).toMatchObject({ permitWith: { prefixLists: ["pl-63a5400a"] }, note: expect.stringContaining("entries") });
  });

  const listing = () => put("listing.json", JSON.stringify({ mode: "enforce", permit: [{ name: "x", prefixLists: ["pl-63a5400a"] }] }));

  test("takes the one call that can let in such a source, and the name of a datashare as it is", async () => {
    const taken = await Promise.all(
      [
        ["--range", "10.0.0.0/8", "--authorization", "AuthorizeClusterSecurityGroupIngress"],
        ["--owner", "111122223333", "--security-group", "Web"],
        ["--owner", "111122223333", "--security-group", "sg-0fedcba9876543210"],
        ["--owner", "ADX"],
      ].map((source) => cli(["explain", "--service", "redshift", "--resource", "ns/Sales", "--json", ...source, ...at])),
    );

    expect(taken.map(({ stdout }) => JSON.parse(stdout).grant)).toMatchObject([
      { authorization: "AuthorizeClusterSecurityGroupIngress", resource: "ns/sales" },
      { authorization: "AuthorizeClusterSecurityGroupIngress", resource: "ns/sales" },
      { authorization: "AuthorizeSecurityGroupIngress", resource: "ns/sales" },
      { authorization: "AuthorizeDataShare", resource: "ns/Sales" },
    ]);
  });

  test("says when the nearest statement has expired", async () => {
    const late = [
      "explain",
      "--service",
      "redshift",
      "--resource",
      "analytics-1",
      "--owner",
      "2109-8765-4321",
      "--security-group",
      "etl-1",
      "--at",
      "2027-02-01",
    ];

    expect((await cli(late)).stdout).toContain('nearest   expired: {"name":"vendor-migration"');
  });
});
