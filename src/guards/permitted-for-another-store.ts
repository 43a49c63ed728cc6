import { awsCommand } from "#domain/aws-command.ts";
import { storeNames } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";
import type { Guard } from "./guard.ts";

/**
 * A rule that is permitted for another store of this account behind its group is only reported, unless the recorded call itself made the rule: who
 * may attach a group to a store must not be able to have the access of others revoked.
 */
export const permittedForAnotherStore: Guard = (grant, { sharedGroups, isOwnRule, violates, mayBePermittedUnseen, detach }) => {
  if (sharedGroups === "revoke" || isOwnRule || !grant.stores) return undefined;
  const violated = grant.stores.filter((store) => violates({ ...grant, stores: [store] }));
  const permitted = grant.stores.filter((store) => !store.account && !violated.includes(store));
  if (permitted.length === 0) return mayBePermittedUnseen(grant) ? unseen : undefined;
  const calls = violated.flatMap(detach);
  const commands = calls.map((call) => awsCommand(call.service, call, grant.place));
  const how = commands.length > 0 ? "detach the group from" : "attach a separate group to";
  const note = `not revoked: the rule is permitted for ${storeNames(permitted)}, to which the same group is attached; ${how} ${storeNames(violated)}`;
  return { result: "reported", note, ...(commands.length > 0 && { detach: commands.join(" && ") }) };
};

const unseen: Ending = {
  result: "failed",
  error: {
    name: "StoresUnlisted",
    message: "Not revoked: the rule may be permitted for another store with the same group, and not every store can be listed",
    attempts: 0,
    retryable: true,
  },
};
