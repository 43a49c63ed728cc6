import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthorizeSecurityGroupIngressCommand, CreateManagedPrefixListCommand } from "@aws-sdk/client-ec2";
import { CreateServerlessCacheCommand } from "@aws-sdk/client-elasticache";
import type { Emulator, LoggedRequest } from "#emulator/index.ts";
import type { Run } from "../../cli/shared-process.ts";
import { cacheBehind, clusterBehind, member, startWorld } from "../../cli/sweep/world.ts";
import { ec2Client, elasticacheClient } from "../../emulator/clients.ts";
import { authorize, cases, reportOnlyCases, sourcesOf } from "../../support/authorizations.ts";
import { grantTo, id } from "../../support/grants.ts";
import { permitsNobody } from "../../support/scene.ts";

/** What each command asks with a role of a member account that has grants of every kind; but GetCallerIdentity, which needs no permission. */
export interface CommandRequests {
  readonly inventory: readonly LoggedRequest[];
  readonly sweep: readonly LoggedRequest[];
  readonly apply: readonly LoggedRequest[];
}

/** Runs the commands, each with the role that template-reader.yaml creates for it. */
export async function requestsOfCommands(run: Run): Promise<CommandRequests> {
  await using world = await startWorld({ regions: ["eu-west-1"] });
  const { emulator, env } = world;
  const folder = mkdtempSync(join(tmpdir(), "ingress-warden-reader-"));
  const plan = join(folder, "plan.ndjson");
  const policy = join(folder, "policy.json");
  const requestsOf = async (role: string, expected: number, ...args: readonly string[]) => {
    emulator.addRole({ arn: `arn:aws:iam::${member}:role/${role}` });
    const before = emulator.requests.length;
    const { code, stderr } = await run([...args, "--role", role], { env });
    if (code !== expected) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return emulator.requests
      .slice(before)
      .filter(({ account, action }) => account === member && !["", "GetCallerIdentity"].includes(action));
  };
  try {
    await openEverything(emulator);
    writeFileSync(policy, JSON.stringify({ ...permitsNobody, sharedGroups: "revoke" }));
    const of = ["--accounts", member, "--regions", "all"];
    return {
      inventory: await requestsOf("ingress-warden-reader", 0, "inventory", ...of),
      sweep: await requestsOf("ingress-warden-reader", 3, "sweep", "--policy", policy, ...of, "--out", plan),
      apply: await requestsOf("ingress-warden-revoker", 0, "sweep", "--policy", policy, "--apply", plan, "--max", "100"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names of requests, `service:Action`, sorted and each once. */
export function namesOf(requests: readonly LoggedRequest[]): readonly string[] {
  return [...new Set(requests.map(({ service, action }) => `${service}:${action}`))].sort();
}

/** Grants access in the member account in every way that AWS lists. */
async function openEverything(emulator: Emulator): Promise<void> {
  const options = { account: member };
  const place = { partition: "aws", account: id(member), region: "eu-west-1" };
  for (const entry of [...cases, ...reportOnlyCases])
    for (const [, [source]] of sourcesOf(entry)) await authorize(emulator.url, entry, grantTo(source, entry, { place }));
  const ec2 = ec2Client(emulator, options);
  const GroupId = await cacheBehind(emulator, "sessions", [["0.0.0.0/0", 6379]], options);
  await clusterBehind(emulator, "dwh", GroupId, options);
  // Only the list of VPC endpoints shows whose its network interface is.
  const serverless = { ServerlessCacheName: "carts", Engine: "valkey", SecurityGroupIds: [GroupId] };
  await elasticacheClient(emulator, options).send(new CreateServerlessCacheCommand(serverless));
  const entries = { MaxEntries: 5, AddressFamily: "IPv4", Entries: [{ Cidr: "198.51.100.0/24" }] };
  const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand({ PrefixListName: "list", ...entries }));
  const tcp = { IpProtocol: "tcp", FromPort: 6379, ToPort: 6379 };
  const PrefixListIds = [{ PrefixListId: PrefixList?.PrefixListId }];
  const IpPermissions = [
    { ...tcp, PrefixListIds },
    { ...tcp, UserIdGroupPairs: [{ GroupId }] },
  ];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  // A list without the owner of a referenced group makes the command look it up.
  const rewrite = (response: string) => response.replace(/<userId>\d+<\/userId>/g, "");
  emulator.fail({ action: "DescribeSecurityGroupRules", times: Number.POSITIVE_INFINITY, answer: "rewritten", rewrite });
}
