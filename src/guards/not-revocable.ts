import type { ReportOnly } from "#authorizations/authorization.ts";
import { awsCommand } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";
import type { Ending } from "#outcome/outcome.ts";

/**
 * The last guard: a violation of an authorization without a revoke is reported, with the reason and the command that removes the
 * grant by hand. It is not in the list of guards, so that the compiler sees that only what can be revoked is revoked.
 */
export function notRevocable(grant: Grant, { reason, remove }: ReportOnly): Ending {
  const { effect, ...call } = remove(grant);
  const command = awsCommand(grant.service, call, grant.place);
  return { result: "reported", note: `not revoked: ${reason}; to remove it by hand${effect ? ` (${effect})` : ""}: ${command}` };
}
