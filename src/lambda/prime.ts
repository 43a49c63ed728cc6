import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventEntry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import type { Send, SendCommand } from "#aws/send.ts";
import { type Handler, makeHandler, silent } from "#handler.ts";
import { primeMeasure } from "./metrics.ts";

/** Milliseconds after which priming stops waiting. The rest of the 300 ms is for computations that are then under way. */
const limit = 250;

/**
 * Primes a cold function during init, so that code is loaded and compiled and connections are open before the first event. Revokes
 * a made-up grant of each watched service against a stub of AWS, and opens a connection to each service called, with an unsigned
 * request that is no AWS action. Ends within 300 ms and never throws: what is not primed by then, the first event does.
 * Returns the services whose made-up grant was revoked.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export async function prime(watched: readonly EventEntry[], aws: Aws, region: string): Promise<readonly string[]> {
  const connections = new Map<string, Promise<void>>();
  const end = Date.now() + limit;
  const handler = makeHandler({
    policy: { policy: { mode: "enforce", exceptions: [], permit: [] }, document: { mode: "enforce", permit: [] }, sha256: "" },
    audit: false,
    watched,
    aws: {
      ...aws,
      sender(place) {
        if (Date.now() > end) throw new Error("The time for priming is over");
        return stubbed(aws.sender(place, { clock: Date.now, time: end + limit }), connections);
      },
    },
    logFor: () => silent,
    measure: primeMeasure,
    clock: Date.now,
  });
  const finished: string[] = [];
  const services = [...new Set(watched.map(({ service }) => service))];
  const work = async () => {
    // What is only reported can wait: no access lasts longer for it.
    await Promise.allSettled(watched.filter(({ authorization }) => !authorization.reportOnly).map(({ load }) => load()));
    await Promise.allSettled(
      services.map(async (service) => (await revokesMadeUpGrant(service, handler, region)) && finished.push(service)),
    );
    await Promise.all(connections.values());
  };
  await Promise.race([sleep(limit, undefined, { ref: false }), work()]);
  return finished;
}

async function revokesMadeUpGrant(service: string, handler: Handler, region: string): Promise<boolean> {
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
/** The last step of a client's middleware. Middleware that is added to a command's stack applies to that command only. */
type Transport = (args: {
  request: Request;
}) => Promise<{ response: { statusCode: number; headers: object; body: AsyncIterable<unknown> } }>;
interface Interceptable {
  readonly middlewareStack: {
    add(middleware: (next: Transport, context: { commandName: string }) => Transport, at: { step: "deserialize"; priority: "low" }): void;
  };
}

/** Wraps `send`: uses the same clients and middleware, but answers each request from a table in place of sending it. */
function stubbed(send: Send, connections: Map<string, Promise<void>>): Send {
  const sendStubbed: SendCommand = (service, command, key, final) => {
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
  return Object.assign(sendStubbed, { deadline: send.deadline });
}

/** Opens the connection to a request's endpoint with a plain GET. The response is ignored. */
async function open(next: Transport, request: Request): Promise<void> {
  const { host = "" } = request.headers;
  const bare = Object.assign(request.clone(), { method: "GET", path: "/", query: {}, headers: { host }, body: undefined });
  const { response } = await next({ request: bare });
  for await (const _ of response.body);
}

/** The made-up event of each service that WATCH can name. */
const events: Readonly<Record<string, { eventSource: string; eventName: string; requestParameters: object; responseElements?: object }>> = {
  elasticache: {
    eventSource: "elasticache.amazonaws.com",
    eventName: "AuthorizeCacheSecurityGroupIngress",
    requestParameters: { cacheSecurityGroupName: "primed", eC2SecurityGroupName: "primed", eC2SecurityGroupOwnerId: "000000000000" },
  },
  redshift: {
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeClusterSecurityGroupIngress",
    requestParameters: { clusterSecurityGroupName: "primed", cIDRIP: "0.0.0.0/0" },
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

/** The stub's response to each operation that priming calls. */
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
  DescribeEndpointAccess: result("DescribeEndpointAccess", "<EndpointAccessList/>"),
  ListEndpointAccess: '{"endpoints":[]}',
  DescribeNetworkInterfaces: "<Answer><networkInterfaceSet/></Answer>",
  DescribeSecurityGroupRules: "<Answer><securityGroupRuleSet/></Answer>",
  RevokeSecurityGroupIngress: "<Answer><return>true</return></Answer>",
};

function result(operation: string, members: string): string {
  return `<Answer><${operation}Result>${members}</${operation}Result></Answer>`;
}
