import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateCacheClusterCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { startEmulator } from "../src/emulator/index.ts";

/** How long a sweep took, in seconds, with the CPU seconds and the memory that it used. */
export type SweepSample = Record<"seconds" | "cpuSeconds" | "rssMb", number>;

/** Grants in the emulator, over 20 places: ten accounts with two Regions each. */
export interface Sweeping {
  readonly grants: number;
  measure(): Promise<SweepSample>;
  close(): Promise<void>;
}

const regions = ["eu-west-1", "us-east-1"];
const accounts = Array.from({ length: 10 }, (_, n) => String(100_000_000_001 + n));
/** Rules of one group: an account can have its quota raised to 1,000 rules for each network interface. */
const rulesOfGroup = 250;
const throttledShare = 0.1;

/** Makes the grants, of which none violates the policy `bench/policy.json` but a few. `bin` is the folder of the built command line. */
export async function makeSweep(bin: string, grants: number): Promise<Sweeping> {
  const emulator = await startEmulator({ createMissing: true, rulesPerGroup: Number.POSITIVE_INFINITY });
  for (const account of accounts) emulator.addRole({ arn: `arn:aws:iam::${account}:role/reader` });
  const groups = grants / accounts.length / regions.length / rulesOfGroup;
  for (const account of accounts)
    for (const region of regions) for (let n = 0; n < groups; n++) await makeGroup({ endpoint: emulator.url, account, region }, n);
  emulator.throttleShare(throttledShare);

  return {
    grants,
    async measure() {
      const flags = [
        "--accounts",
        accounts.join(),
        "--regions",
        regions.join(),
        "--role",
        "reader",
        "--policy",
        "bench/policy.json",
        "--json",
      ];
      const command = ["bench/rusage.py", process.execPath, join(bin, "ingress-warden.mjs"), "sweep", ...flags];
      const credentials = { AWS_ACCESS_KEY_ID: "999999999999", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "eu-west-1" };
      const child = spawn("python3", command, { env: { PATH: process.env["PATH"], AWS_ENDPOINT_URL: emulator.url, ...credentials } });
      const [sample, stderr] = await Promise.all([json(child.stdout), text(child.stderr), once(child, "close")]);
      if (!stderr.includes(`20 places, ${grants} grants:`)) throw new Error(`The sweep did not list ${grants} grants: ${stderr}`);
      return sample as SweepSample;
    },
    close: () => emulator.close(),
  };
}

/** Creates a group with rules for documentation addresses, and a cache behind it. */
async function makeGroup({ endpoint, account, region }: { endpoint: string; account: string; region: string }, n: number): Promise<void> {
  const config = { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: "x" } };
  const [ec2, elasticache] = [new EC2Client(config), new ElastiCacheClient(config)];
  const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: `group-${n}`, Description: "for the benchmark" }));
  const IpRanges = Array.from({ length: rulesOfGroup }, (_, each) => ({
    CidrIp: `10.${n % 256}.${each}.0/24`,
    Description: "for the benchmark",
  }));
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, IpRanges }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const cache = { CacheClusterId: `cache-${n}`, Engine: "redis", CacheNodeType: "cache.t4g.micro", NumCacheNodes: 1 };
  await elasticache.send(new CreateCacheClusterCommand({ ...cache, SecurityGroupIds: [GroupId] }));
  for (const client of [ec2, elasticache]) client.destroy();
}
