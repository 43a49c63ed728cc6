import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CreateCacheClusterCommand } from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { events } from "#authorizations/index.ts";
import { connect } from "#aws/connect.ts";
import { makeHandler, silent } from "#handler.ts";
import type { Outcome } from "#outcome/outcome.ts";
import { contextOf } from "../support/context.ts";
import { type Envelope, withDetail } from "../support/events.ts";
import { long } from "../support/long.ts";
import { nobody, policyOf } from "../support/scene.ts";
import { createCluster, ranges, sessions, startVpc, type Vpc } from "../support/vpc.ts";
import { later, unrelated, withTime } from "../support/vpc-events.ts";

/** The settings of template.yaml: at most so many batches at a time, of so many messages, gathered for so long. */
const [concurrency, batchSize, window] = [2, 100, 1_000];

/** A message that arrives so many milliseconds after the start of the flood. */
interface Message {
  readonly messageId: string;
  readonly at: number;
  readonly event: () => Envelope;
}

/** How one message ended. */
interface Ended {
  readonly outcomes: readonly Outcome[];
  readonly failed: boolean;
  /** Milliseconds from its delivery. */
  readonly took: number;
}

/** Delivers messages as Lambda's event source mapping does, each execution environment with its own connections. */
async function deliver(vpc: Vpc, messages: readonly Message[]): Promise<ReadonlyMap<string, Ended>> {
  const ended = new Map<string, Ended>();
  const policy = await policyOf({ mode: "enforce", permit: [nobody] });
  const start = Date.now();
  const queue = [...messages];
  const environment = async () => {
    const aws = connect({ endpoint: vpc.emulator.url, credentials: ({ account }) => ({ accessKeyId: account, secretAccessKey: "x" }) });
    const outcomes = new Map<string, Outcome[]>();
    const logFor = (id: string) => ({
      ...silent,
      info: (_: string, extra?: object) => note(id, extra),
      warn: (_: string, extra?: object) => note(id, extra),
      error: (_: string, extra?: object) => note(id, extra),
    });
    const note = (id: string, extra: object | undefined) => {
      if (extra && "outcome" in extra) outcomes.set(id, [...(outcomes.get(id) ?? []), extra.outcome as Outcome]);
    };
    const handler = makeHandler({ policy, audit: false, watched: events, aws, logFor, clock: Date.now });
    while (queue.length > 0) {
      const batch: (Message & { readonly body: string; readonly eventSource: string; readonly id: string })[] = [];
      for (const until = Date.now() + window; batch.length < batchSize && queue.length > 0 && Date.now() < until; ) {
        if ((queue[0]?.at ?? 0) > Date.now() - start) await sleep(5);
        else
          for (const message of queue.splice(0, 1)) {
            const event = withDetail(message.event(), { eventID: message.messageId });
            batch.push({ ...message, body: JSON.stringify(event), eventSource: "aws:sqs", id: message.messageId });
          }
      }
      if (batch.length === 0) continue;
      const { batchItemFailures } = await handler({ Records: batch } as never, contextOf({ remaining: 60_000 }));
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId, at, id } of batch)
        ended.set(messageId, { outcomes: outcomes.get(id) ?? [], failed: failed.has(messageId), took: Date.now() - start - at });
    }
    aws.destroy();
  };
  await Promise.all(Array.from({ length: concurrency }, environment));
  return ended;
}

/** An account with 250 caches, which fill three pages, and five of their groups opened to everyone. */
async function account(): Promise<{ readonly vpc: Vpc; readonly violations: readonly Envelope[] }> {
  const vpc = await startVpc({ store: false });
  const groups = await Promise.all([1, 2, 3, 4, 5].map((n) => vpc.group(`g${n}`)));
  await Promise.all(
    Array.from({ length: 250 }, (_, n) => {
      const SecurityGroupIds = [groups[n] ?? vpc.web];
      return vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: `cache-${n}`, SecurityGroupIds }));
    }),
  );
  await createCluster(vpc, "sales");
  const violations: Envelope[] = [];
  for (const group of groups) violations.push(await vpc.open([ranges(["0.0.0.0/0"])], group));
  vpc.requests();
  return { vpc, violations };
}

test("a flood of 1,000 unrelated rules delays no revoke and does not use up the account's limits", { timeout: 120_000 }, async () => {
  const { vpc: scene, violations } = await account();
  await using vpc = scene;
  vpc.emulator.limitRate({ perSecond: 10, burst: 20 });
  const flood = Array.from({ length: 1_000 }, (_, n): Message => ({ messageId: `f${n}`, at: n * 10, event: () => withTime(unrelated(n)) }));
  const among = violations.map((event, n): Message => ({ messageId: `v${n}`, at: 1_000 + n * 2_000, event: () => withTime(event) }));
  const messages = [...flood, ...among].toSorted((a, b) => a.at - b.at);

  const ended = await deliver(vpc, messages);

  const requests = vpc.requests();
  const throttled = requests.filter((request) => request.throttled);
  const took = among.map(({ messageId }) => ended.get(messageId)?.took ?? Number.POSITIVE_INFINITY);
  console.log(
    `${messages.length} events: ${requests.length} requests, ${throttled.length} throttled; revoked within ${Math.max(...took)} ms of delivery`,
  );
  expect(among.map(({ messageId }) => ended.get(messageId)?.outcomes.map(({ result }) => result))).toEqual(among.map(() => ["revoked"]));
  expect([...ended.values()].filter(({ failed }) => failed)).toEqual([]);
  expect(ended.size).toBe(messages.length);
  expect(Math.max(...took)).toBeLessThan(30_000);
  expect(requests.length / messages.length).toBeLessThanOrEqual(0.5);
  expect(throttled.length / requests.length).toBeLessThanOrEqual(0.05);
});

test.runIf(long)("10,000 events leave the memory as it was", { timeout: 300_000 }, async () => {
  const { vpc: scene } = await account();
  await using vpc = scene;
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const policy = await policyOf({ mode: "enforce", permit: [nobody] });
  const handler = makeHandler({ policy, audit: false, watched: events, aws: vpc.aws, logFor: () => silent, clock: Date.now });
  const heap: number[] = [];
  for (let batch = 0; batch < 100; batch++) {
    const bodies = Array.from({ length: 100 }, (_, n) => JSON.stringify(later(unrelated(batch * 100 + n), 10_000)));
    const Records = bodies.map((body, n) => ({ messageId: `m${n}`, body, eventSource: "aws:sqs" }));
    expect(await handler({ Records } as never, contextOf({ remaining: 60_000 }))).toEqual({ batchItemFailures: [] });
    collect();
    heap.push(process.memoryUsage().heapUsed);
  }
  const [early = 0, late = 0] = [heap[20], heap.at(-1)];
  console.log(`heap after 2,000 events ${early}, after 10,000 ${late} bytes`);
  expect(late - early).toBeLessThan(10_000_000);
});

test.runIf(long)("100 violations of 100 groups in one batch are all revoked, at 10 requests a second", { timeout: 120_000 }, async () => {
  await using vpc = await startVpc({ store: false });
  const opened: Envelope[] = [];
  for (let n = 0; n < 100; n++) {
    const group = await vpc.group(`g${n}`);
    await vpc.elasticache.send(new CreateCacheClusterCommand({ ...sessions, CacheClusterId: `c${n}`, SecurityGroupIds: [group] }));
    opened.push(later(await vpc.open([ranges(["0.0.0.0/0"])], group), 10_000));
  }
  vpc.requests();
  vpc.emulator.limitRate({ perSecond: 10, burst: 20 });
  const context = contextOf({ remaining: 60_000 });
  expect((await vpc.batch(opened, context)).batchItemFailures).toEqual([]);
  const requests = vpc.requests();
  const throttled = requests.filter((request) => request.throttled).length;
  console.log(`${requests.length} requests, ${throttled} throttled, ${60_000 - context.getRemainingTimeInMillis()} ms`);
});

test("a lone event costs one request for each list, and no other for what it shares", async () => {
  await using vpc = await startVpc();
  const event = await vpc.open([ranges(["0.0.0.0/0"])]);
  expect((await vpc.batch([withTime(event)])).batchItemFailures).toEqual([]);
  const actions = vpc.requests().map(({ action }) => action);
  const stores = ["DescribeCacheClusters", "DescribeServerlessCaches", "DescribeClusters", "ListWorkgroups"];
  const lists = [...stores, "DescribeEndpointAccess", "ListEndpointAccess"];
  const rules = ["DescribeSecurityGroupRules", "DescribeNetworkInterfaces", "RevokeSecurityGroupIngress", "DescribeSecurityGroupRules"];
  expect(actions.toSorted()).toEqual([...lists, ...rules].toSorted());
});
