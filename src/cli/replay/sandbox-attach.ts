import type { Claim } from "#authorizations/event.ts";
import { attachmentIn } from "#authorizations/vpc-rule/attachments.ts";
import { portOf } from "#authorizations/vpc-rule/rules.ts";
import type { Send } from "#aws/send.ts";
import { resourceIn, valuesOf } from "#cloudtrail/fields.ts";
import type { CloudTrailRecord } from "#cloudtrail/record.ts";
import type { Grant } from "#domain/grant.ts";
import type { KnownRules } from "./known-rules.ts";
import { makeStores } from "./sandbox-stand-ins.ts";
import { makeStore } from "./sandbox-store.ts";
import type { StandIns } from "./stand-ins.ts";

/** A claim that groups were attached to a store. */
type Attached = Extract<Claim, { readonly groups: readonly string[] }>;

/**
 * Creates the store of an attaching call with its groups, and what else `--store` names behind them. Returns the rules that the run has
 * shown of the groups, which the event does not show: they are to be made. Throws an AwsFailure.
 */
export async function attach(
  { store, groups, place }: Attached,
  record: CloudTrailRecord,
  { known, standIns, send }: { readonly known: KnownRules; readonly standIns: StandIns; readonly send: Send },
): Promise<readonly Grant[]> {
  const port = portIn(record);
  await makeStore({ ...store, ...(port !== undefined && { port }) }, [...groups], send);
  await makeStores(groups, (group) => standIns(group) ?? [], send, store);
  return groups.flatMap((resource) => known.of({ resource, place }));
}

/** Returns the port of the store, as the request sets it or the response shows it, or else the default of a new store. */
function portIn(record: CloudTrailRecord): number | undefined {
  const { port, defaults = [] } = attachmentIn(record) ?? {};
  const answers = [record.responseElements, ...["workgroup", "endpoint"].map((key) => resourceIn(record.responseElements, key))];
  const endpoints = answers.flatMap((answer) => [answer, ...valuesOf(answer, "endpoint"), ...valuesOf(answer, "configurationEndpoint")]);
  return [port, ...endpoints.map((each) => portOf(each, "port")), ...defaults].find((each) => each !== undefined);
}
