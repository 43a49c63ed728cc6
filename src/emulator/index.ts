import { createDispatcher } from "./dispatch.ts";
import { listen } from "./http-server.ts";
import { createListener } from "./listener.ts";
import type { DataShareSeed } from "./redshift/data-share-state.ts";
import type { LoggedRequest } from "./request-log.ts";
import type { Settings } from "./state.ts";
import type { Role } from "./sts/sessions.ts";
import { createFaultScript, type Fault } from "./wire/faults.ts";
import { createRateLimit, type Rate } from "./wire/rate-limit.ts";

export type { LoggedRequest } from "./request-log.ts";
export type { Misbehaviour } from "./wire/faults.ts";

/** How the emulator behaves; all optional. */
export interface EmulatorOptions {
  /** The port to listen on; default: any free port. */
  readonly port?: number;
  /**
   * How long a change stays `authorizing`, `revoking` or `creating`, and a store `deleting`; default 0: until the next request. EC2 has no such states: its reads
   * return a rule as it was before the change for this long (eventual consistency); with 0, they return every change at once.
   */
  readonly settleMs?: number;
  /**
   * An Authorize or Modify call for a resource that does not exist creates the resource first, and what that depends on. For replays:
   * an event records a call, not the resources that existed before it.
   */
  readonly createMissing?: boolean;
  /** The number of items on a page, whatever MaxRecords or MaxResults a request has, so that few resources fill many pages. */
  readonly pageSize?: number;
  /** The quota of ingress rules of a VPC security group, which an account can have raised; default 60. */
  readonly rulesPerGroup?: number;
  /**
   * Whether the VPC endpoints of Redshift clusters and workgroups have their VPC security groups; default true. AWS does not document it.
   * If false, the endpoints have the default group of the VPC.
   */
  readonly endpointsCarryGroups?: boolean;
  /**
   * How long the VPC endpoint of a store stays, with its network interface in use, after the store is no longer listed; default 0. AWS does
   * not document it.
   */
  readonly endpointsOutliveStoresMs?: number;
  /** Whether a paused Redshift cluster is listed without its endpoint and port; default false. AWS does not document it. */
  readonly pausedClustersHideEndpoint?: boolean;
  /** The Regions that every account has enabled, which DescribeRegions lists. Default: all work, and DescribeRegions lists four of them. */
  readonly regions?: readonly string[];
  /**
   * How AWS refuses a request in another Region: as if it did not know the credentials, as in Regions that an account has to enable, which
   * is the default; or because the account has no subscription for the service. The codes of both differ by service (see regions.ts).
   */
  readonly disabledRegionError?: "InvalidClientTokenId" | "OptInRequired";
  /** Whether the accounts came after EC2-Classic, so that the actions on cache and cluster security groups are refused; default false. */
  readonly vpcOnly?: boolean;
  /** The Regions where Redshift Serverless answers that its operations are not supported; default: none. */
  readonly regionsWithoutRedshiftServerless?: readonly string[];
  /** Serve https with this key and certificate, in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An AWS endpoint on loopback. It serves until it is closed. */
export interface Emulator extends AsyncDisposable {
  /** The URL for a client's `endpoint`, or for AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Adds a fault to the script. Faults that were added earlier come first. */
  fail(fault: Fault): void;
  /** Removes all faults. Requests that a fault left without an answer stay unanswered. */
  heal(): void;
  /** Throttles requests beyond a rate from now on. Undefined: none, as at first. */
  limitRate(rate: Rate | undefined): void;
  /** Throttles this share of all requests from now on, evenly spread: 0.1 is every tenth. Undefined: none, as at first. */
  throttleShare(share: number | undefined): void;
  /** Creates a datashare, as CREATE DATASHARE and GRANT do in SQL: AWS has no API for it. */
  createDataShare(seed: DataShareSeed): void;
  /** Adds a role that AssumeRole can give out sessions of. A request that such a session signs acts in the account of the role. */
  addRole(role: Role): void;
  /** Deletes every resource, role, session and logged request. */
  clear(): void;
  /** Closes the server and every connection at once, whether requests are answered or not. */
  close(): Promise<void>;
}

const usualSettings: Settings = {
  settleMs: 0,
  createMissing: false,
  pageSize: undefined,
  rulesPerGroup: 60,
  endpointsCarryGroups: true,
  endpointsOutliveStoresMs: 0,
  pausedClustersHideEndpoint: false,
  vpcOnly: false,
  regionsWithoutRedshiftServerless: [],
  regions: undefined,
  disabledRegionError: "InvalidClientTokenId",
};

/** Starts an emulator without resources on 127.0.0.1. It speaks AWS's Query protocol, EC2's variant of it, and JSON 1.1. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, tls, ...settings } = options;
  const dispatcher = createDispatcher({ ...usualSettings, ...settings });
  const faults = createFaultScript();
  const rateLimit = createRateLimit();
  const requests: LoggedRequest[] = [];
  const server = await listen(createListener(dispatcher, rateLimit, faults, requests), port, tls);

  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${server.port}`,
    requests,
    fail: faults.add,
    heal: faults.clear,
    limitRate: rateLimit.set,
    throttleShare: rateLimit.setShare,
    createDataShare: dispatcher.createDataShare,
    addRole: dispatcher.addRole,
    clear() {
      dispatcher.clear();
      requests.length = 0;
    },
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };
}
