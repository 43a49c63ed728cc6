import { type Aws, connect } from "#aws/connect.ts";
import { accountId } from "#domain/account.ts";
import type { Home } from "#domain/place.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { PolicyFile } from "#policy/file.ts";
import { type Flags, textFlag } from "../command.ts";
import { inventoryStores } from "./inventory-stores.ts";
import type { Sandbox } from "./sandbox.ts";
import { type StoresBehind, standInsOf } from "./stand-ins.ts";

/** What receives the calls of a replay. */
interface Connection {
  readonly aws: Aws;
  readonly home: Home | undefined;
  readonly sandbox?: Sandbox;
}

/** Where the calls of a replay go. */
export interface Target {
  /** Starts the emulator at the first call: loading it takes as long as reading 100 MB of a trail, which may have nothing to judge. */
  start(): Promise<Connection>;
  /** Returns the groups that `--store` names and no event needed so far. */
  unusedGroups(): readonly string[];
  close(): Promise<void>;
}

/** Returns the embedded emulator, or a connection to what the flags name. Throws a UsageError. */
export async function targetOf(flags: Flags, policy: PolicyFile): Promise<Target> {
  const endpoint = textFlag(flags, "endpoint");
  const standIns = standInsOf(flags);
  if (endpoint === undefined && !flags["aws"]) {
    let started: Promise<Sandbox> | undefined;
    const used = new Set<string>();
    const inventory = textFlag(flags, "inventory");
    const listed = inventory === undefined ? undefined : await inventoryStores(inventory);
    const storesBehind: StoresBehind = (group, place) => {
      used.add(group);
      return standIns.get(group) ?? listed?.(group, place);
    };
    return {
      async start() {
        started ??= import("./sandbox.ts").then(({ startSandbox }) => startSandbox(storesBehind));
        const sandbox = await started;
        return { aws: sandbox.aws, home: undefined, sandbox };
      },
      unusedGroups: () => [...standIns.keys()].filter((group) => !used.has(group)),
      close: async () => (await started)?.close(),
    };
  }
  const ofEmulator = standIns.size > 0 ? "--store" : flags["inventory"] !== undefined ? "--inventory" : undefined;
  if (ofEmulator) throw new UsageError(`${ofEmulator} is for the emulator: it cannot be given with --endpoint or --aws`);
  const local = endpoint !== undefined && isLoopback(endpoint);
  if (!local && !flags["aws"]) throw new UsageError(`${shown(endpoint)} is not on this machine: add --aws to send calls there`);
  const { mode, exceptions } = policy.policy;
  if (!local && textFlag(flags, "mode") === "enforce" && (mode !== "enforce" || exceptions.length > 0))
    throw new UsageError("--mode enforce cannot override audit in the policy for calls to AWS: change the policy's mode");
  const aws = connect({
    ...(endpoint && { endpoint }),
    ...(local && { credentials: ({ account }) => ({ accessKeyId: account, secretAccessKey: "local" }) }),
  });
  const connection = { aws, home: local ? undefined : await ownPlace(endpoint) };
  return { start: async () => connection, unusedGroups: () => [], close: async () => aws.destroy() };
}

function isLoopback(endpoint: string): boolean {
  const { hostname = "", protocol = "" } = URL.canParse(endpoint) ? new URL(endpoint) : {};
  if (protocol !== "http:" && protocol !== "https:")
    throw new UsageError(`--endpoint is ${shown(endpoint)}: write a URL such as http://127.0.0.1:5000`);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Returns the account and partition of the credentials, so that nothing of the same name in another account is revoked.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
async function ownPlace(endpoint: string | undefined): Promise<Home | undefined> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { Arn = "" } = await new STSClient(endpoint ? { endpoint } : {}).send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new UsageError(`--aws cannot read the account of the credentials (${printable(error.message)}): set AWS_REGION and sign in`, {
      cause: error,
    });
  });
  const [, partition = "", , , id = ""] = Arn.split(":");
  const account = accountId(id);
  if (!account) throw new UsageError(`--aws cannot read the account of the credentials: ${printable(Arn)} contains no account id`);
  return { partition, account };
}
