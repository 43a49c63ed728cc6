import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventEntry } from "#authorizations/index.ts";
import type { Aws } from "#aws/connect.ts";
import type { Send, SendCommand } from "#aws/send.ts";
import { type Handler, makeHandler, silent } from "#handler.ts";
import { primeMeasure } from "./metrics.ts";

/** Milliseconds after which priming waits for nothing more. The rest of the 300 is for what is being computed then. */
const limit = 250;

/**
 * Primes a cold function while it starts, so that the first event finds everything loaded, compiled and connected: revokes
 * a made-up grant of each watched service against a stand-in for AWS, and opens the connection to each service that this
 * calls, by an unsigned request that is no AWS action. Ends within 300 ms and never throws: what was not primed costs the
 * first event the time that it would have cost anyway. Gives the services whose made-up grant was revoked.
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
        if (Date.now() > end) throw new Error("Priming has ended: the first event may be waiting");
        return standIn(aws.sender(place, { clock: Date.now, time: end + limit }), connections);
      },
    },
    logFor: () => silent,
    measure: primeMeasure,
    clock: Date.now,
  });
  const finished: string[] = [];
  const services = [...new Set(watched.map(({ service }) => service))];
  const work = async () => {
    await Promise.allSettled(watched.map(({ load }) => load()));
    await Promise.allSettled(services.map(async (service) => (await runsToItsEnd(service, handler, region)) && finished.push(service)));
    await Promise.all(connections.values());
  };
  await Promise.race([sleep(limit, undefined, { ref: false }), work()]);
  return finished;
}

async function runsToItsEnd(service: string, handler: Handler, region: string): Promise<boolean> {
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
/** The last step of a client's middleware. What is added to a command's own stack holds for that command alone. */
type Transport = (args: {
  request: Request;
}) => Promise<{ response: { statusCode: number; headers: object; body: AsyncIterable<unknown> } }>;
interface Interceptable {
  readonly middlewareStack: {
    add(middleware: (next: Transport, context: { commandName: string }) => Transport, at: { step: "deserialize"; priority: "low" }): void;
  };
}

/** Sends through the same clients as the real function, up to the wire: there the request is answered from a table. */
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

/** Opens the connection to a request's endpoint by a bare GET. Any answer will do. */
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

/** The stand-in's answer to each operation that this calls. */
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
