import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Send, SendCommand } from "#authorizations/authorization.ts";
import type { Entry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import { type Handler, makeHandler } from "#handler.ts";
import { rehearseMeasure } from "./metrics.ts";

/** Milliseconds after which nothing is waited for any more; the rest of the 300 is for what is being computed then. */
const limit = 250;

/**
 * Makes a cold function ready while it starts, for the first event to find everything loaded, compiled and connected:
 * takes back a made-up grant of each watched service against a stand-in for AWS, and opens the connection to each service
 * that this calls, by an unsigned request that is no AWS action. Ends within 300 ms, and never throws: what could not be
 * made ready costs the first event the time that it would have cost anyway. Gives the services whose way was gone to its end.
 */
export async function makeReady(watched: readonly Entry[], aws: Aws, region: string): Promise<readonly string[]> {
  const connections = new Map<string, Promise<void>>();
  const end = Date.now() + limit;
  const handler = makeHandler({
    policy: { policy: { mode: "enforce", exceptions: [], permit: [] }, document: { mode: "enforce", permit: [] }, sha256: "" },
    audit: false,
    watched,
    aws: {
      ...aws,
      sender(place) {
        if (Date.now() > end) throw new Error("Nothing more is made ready: the first event may be waiting");
        return standIn(aws.sender(place, end + limit), connections);
      },
    },
    log: silent,
    measure: rehearseMeasure,
    now: Date.now,
  });
  const finished: string[] = [];
  const services = [...new Set(watched.map(({ service }) => service))];
  const work = async () => {
    await Promise.allSettled(watched.map(({ load }) => load()));
    await Promise.allSettled(services.map(async (service) => (await isRehearsed(service, handler, region)) && finished.push(service)));
    await Promise.all(connections.values());
  };
  await Promise.race([sleep(limit, undefined, { ref: false }), work()]);
  return finished;
}

async function isRehearsed(service: string, handler: Handler, region: string): Promise<boolean> {
  const event = events[service];
  if (!event) return false;
  const { outcomes } = await handler({
    detail: { ...event, awsRegion: region, recipientAccountId: "000000000000", eventTime: new Date().toISOString() },
  });
  return outcomes.length === 1 && outcomes[0]?.result === "revoked";
}

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  clone(): Request;
}
/** What a client does with a request at last: what is added to a command itself holds for that command alone. */
type Transport = (args: {
  request: Request;
}) => Promise<{ response: { statusCode: number; headers: object; body: AsyncIterable<unknown> } }>;
interface Interceptable {
  readonly middlewareStack: {
    add(middleware: (next: Transport, context: { commandName: string }) => Transport, at: { step: "deserialize"; priority: "low" }): void;
  };
}

/** Sends as the real one does, through the same clients, up to the wire: there the request ends and is answered from a table. */
function standIn(send: Send, connections: Map<string, Promise<void>>): Send {
  const sendStandIn: SendCommand = (service, command, key, final) => {
    (command as unknown as Interceptable).middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (!connections.has(service.name))
            connections.set(
              service.name,
              open(next, args.request).catch(() => {}),
            );
          const answer = Buffer.from(answers[commandName.replace(/Command$/, "")] ?? "");
          return { response: { statusCode: 200, headers: {}, body: Readable.from([answer]) } };
        },
      { step: "deserialize", priority: "low" },
    );
    return send(service, command, key, final);
  };
  return Object.assign(sendStandIn, { deadline: send.deadline });
}

/** Asks the request's endpoint for nothing, so that its connection is kept. Whatever is answered will do. */
async function open(next: Transport, request: Request): Promise<void> {
  const { host = "" } = request.headers;
  const bare = Object.assign(request.clone(), { method: "GET", path: "/", query: {}, headers: { host }, body: undefined });
  const { response } = await next({ request: bare });
  for await (const _ of response.body);
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, addContext() {}, setCorrelationId() {} };

/** The call that is gone through for each service that WATCH can name. */
const events: Readonly<Record<string, { eventSource: string; eventName: string; requestParameters: object; responseElements?: object }>> = {
  elasticache: {
    eventSource: "elasticache.amazonaws.com",
    eventName: "AuthorizeCacheSecurityGroupIngress",
    requestParameters: { cacheSecurityGroupName: "ready", eC2SecurityGroupName: "ready", eC2SecurityGroupOwnerId: "000000000000" },
  },
  redshift: {
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeClusterSecurityGroupIngress",
    requestParameters: { clusterSecurityGroupName: "ready", cIDRIP: "0.0.0.0/0" },
  },
  ec2: {
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    requestParameters: { groupId: "sg-0" },
    responseElements: {
      securityGroupRuleSet: {
        items: [{ securityGroupRuleId: "sgr-0", groupId: "sg-0", isEgress: false, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }],
      },
    },
  },
};

/** What AWS answers to each operation on the way. */
const answers: Readonly<Record<string, string>> = {
  RevokeCacheSecurityGroupIngress: result(
    "RevokeCacheSecurityGroupIngress",
    "<CacheSecurityGroup><EC2SecurityGroups/></CacheSecurityGroup>",
  ),
  RevokeClusterSecurityGroupIngress: result(
    "RevokeClusterSecurityGroupIngress",
    "<ClusterSecurityGroup><IPRanges/></ClusterSecurityGroup>",
  ),
  DescribeCacheClusters: result(
    "DescribeCacheClusters",
    "<CacheClusters><CacheCluster><SecurityGroups><member><SecurityGroupId>sg-0</SecurityGroupId></member></SecurityGroups></CacheCluster></CacheClusters>",
  ),
  DescribeServerlessCaches: result("DescribeServerlessCaches", "<ServerlessCaches/>"),
  DescribeClusters: result("DescribeClusters", "<Clusters/>"),
  ListWorkgroups: '{"workgroups":[]}',
  DescribeNetworkInterfaces: "<Answer><networkInterfaceSet/></Answer>",
  DescribeSecurityGroupRules: "<Answer><securityGroupRuleSet/></Answer>",
  RevokeSecurityGroupIngress: "<Answer><return>true</return></Answer>",
};

function result(operation: string, members: string): string {
  return `<Answer><${operation}Result>${members}</${operation}Result></Answer>`;
}
