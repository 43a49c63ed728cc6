import { readdirSync, readFileSync } from "node:fs";
import { events, watchable } from "#authorizations/index.ts";
import { startSandbox } from "#cli/replay/sandbox.ts";
import { contextOf } from "../support/context.ts";
import { permitsNobody, policyOf, startScene } from "../support/scene.ts";

/** The calls that functions make, `service:Action`, by what they watch. */
export async function callsMade(): Promise<Readonly<Record<string, readonly string[]>>> {
  const calls: Record<string, readonly string[]> = {};
  for (const service of watchable) calls[service] = await callsMadeBy(events.filter((entry) => entry.service === service));
  return calls;
}

/** Those of a function that meets every sample of its events, each as it was made before, not made at all, and cut off. */
async function callsMadeBy(watched: typeof events): Promise<readonly string[]> {
  const sandbox = await startSandbox();
  const policy = await policyOf(permitsNobody);
  const made = new Set<string>();
  try {
    // It opens the group that samples of other calls attach.
    await sandbox.prepare(JSON.parse(readFileSync("events/AuthorizeSecurityGroupIngress/violating-group-attached-later.json", "utf8")));
    for (const { eventName } of watched)
      for (const file of readdirSync(`events/${eventName}`)) {
        const event = JSON.parse(readFileSync(`events/${eventName}/${file}`, "utf8"));
        await using scene = await startScene({ policy, watched, aws: sandbox.aws });
        const prepared = (await sandbox.prepare(event)).event as typeof event;
        const { requestParameters } = prepared.detail;
        const before = sandbox.requests.length;
        const byName = { ...prepared, detail: { ...prepared.detail, requestParameters: { groupName: "web" }, responseElements: null } };
        const cut = { ...prepared, detail: { ...prepared.detail, requestParameters: { ...requestParameters, omitted: true } } };
        const soon = { eventTime: new Date().toISOString(), requestParameters: { ...requestParameters, clusterIdentifier: "new" } };
        const beingMade = { ...prepared, detail: { ...prepared.detail, ...soon } };
        const more: Readonly<Record<string, typeof cut>> = { AuthorizeSecurityGroupIngress: byName, RestoreFromClusterSnapshot: beingMade };
        for (const each of [cut, prepared, prepared, more[eventName] ?? prepared])
          await scene.invoke(each, contextOf({ account: prepared.detail.recipientAccountId }));
        for (const { service, action } of sandbox.requests.slice(before)) made.add(`${service}:${action}`);
      }
  } finally {
    await sandbox.close();
  }
  return [...made];
}
