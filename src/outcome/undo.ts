import type { Revocable } from "#authorizations/authorization.ts";
import { awsCommand } from "#domain/aws-command.ts";
import type { Grant } from "#domain/grant.ts";

/** Returns the AWS CLI command that grants the same access again: one line, quoted for a POSIX shell. */
export function undoCommand(authorization: Revocable, grant: Grant): string {
  return awsCommand(grant.service, authorization.undo(grant), grant.place);
}
