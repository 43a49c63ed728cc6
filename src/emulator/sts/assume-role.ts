import type { ActionGroup, Operation } from "../operation.ts";
import { sts } from "../wire/apis.ts";
import { elements } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import { integer, type Parameters } from "../wire/parameters.ts";
import { findRole, startSession } from "./sessions.ts";

/**
 * Page API_AssumeRole. A role that does not exist is refused like one that does not trust the caller, and so is an ARN with a typing error
 * (github.com/99designs/aws-vault/issues/668). The text is that of github.com/Netflix/security_monkey/issues/77.
 */
const assumeRole: Operation = (parameters, { world }, caller) => {
  const arn = checked(parameters, "roleArn", { least: 20, most: 2048, pattern: /^[\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd]*$/ });
  const name = checked(parameters, "roleSessionName", { least: 2, most: 64, pattern: /^[\w+=,.@-]*$/ });
  const seconds = readDuration(parameters);
  const role = findRole(arn, world);
  if (role === undefined || (role.externalId !== undefined && role.externalId !== parameters.get("ExternalId"))) {
    throw new QueryError("AccessDenied", 403, `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
  }
  const lasting = role.sessionSeconds ?? seconds;
  const session = startSession(role, name, lasting, world);
  return elements({
    AssumedRoleUser: elements({ AssumedRoleId: session.userId, Arn: session.arn }),
    Credentials: elements({
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.token,
      Expiration: new Date(Date.now() + lasting * 1000).toISOString(),
    }),
  });
};

/** STS's temporary credentials. */
export const temporaryCredentials: ActionGroup = { api: sts, operations: { AssumeRole: assumeRole } };

interface Constraint {
  readonly least: number;
  readonly most: number;
  readonly pattern: RegExp;
}

/** The constraints of page API_AssumeRole, in STS's words (github.com/zalando-stups/aws-credentials-service/issues/7, mmmorris1975/aws-runas/issues/80). */
function checked(parameters: Parameters, member: string, { least, most, pattern }: Constraint): string {
  const value = parameters.get(`${member.charAt(0).toUpperCase()}${member.slice(1)}`);
  if (value === undefined) throw invalid("null", member, "not be null");
  const text = `'${value}'`;
  if (!pattern.test(value)) throw invalid(text, member, `satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  if (value.length < least) throw invalid(text, member, `have length greater than or equal to ${least}`);
  if (value.length > most) throw invalid(text, member, `have length less than or equal to ${most}`);
  return value;
}

/** 900 seconds to 12 hours, by default one hour. The maximum that each role can have below that is not emulated. */
function readDuration(parameters: Parameters): number {
  const seconds = integer(parameters, "DurationSeconds") ?? 3600;
  if (seconds < 900) throw invalid(`'${seconds}'`, "durationSeconds", "have value greater than or equal to 900");
  if (seconds > 43_200) throw invalid(`'${seconds}'`, "durationSeconds", "have value less than or equal to 43200");
  return seconds;
}

function invalid(value: string, member: string, constraint: string): QueryError {
  const message = `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: Member must ${constraint}`;
  return new QueryError("ValidationError", 400, message);
}
