import type { ActionGroup, Operation } from "../operation.ts";
import type { Place } from "../state.ts";
import { redshiftServerless } from "../wire/apis.ts";
import { elements } from "../wire/elements.ts";
import { QueryError } from "../wire/errors.ts";
import type { Parameters } from "../wire/parameters.ts";
import { addSnapshot, policiesOf, snapshotsOf } from "./snapshot-state.ts";
import { validationError } from "./workgroup-state.ts";

/**
 * Page API_PutResourcePolicy: replaces the whole policy. The action has no condition, so the last of two writes wins. Its resource is a
 * snapshot here; with `createMissing`, an unknown one is created.
 */
const put: Operation = (parameters, place) => {
  const policy = parameters.get("policy") ?? "";
  principalsOf(policy);
  const arn = readArn(parameters, place);
  if (place.world.settings.createMissing && !snapshotsOf(place).has(arn)) addSnapshot(place, arn, "restored", arn);
  if (!snapshotsOf(place).has(arn)) throw notFound(arn);
  policiesOf(place).set(arn, policy);
  return [["resourcePolicy", elements({ resourceArn: arn, policy })]];
};

/** Page API_GetResourcePolicy. A resource without a policy is not found (terraform-provider-aws, findResourcePolicyByARN). */
const get: Operation = (parameters, place) => {
  const arn = readArn(parameters, place);
  const policy = policiesOf(place).get(arn);
  if (policy === undefined) throw notFound(arn);
  return [["resourcePolicy", elements({ resourceArn: arn, policy })]];
};

/** Page API_DeleteResourcePolicy: its result is empty. */
const remove: Operation = (parameters, place) => {
  const arn = readArn(parameters, place);
  if (!policiesOf(place).delete(arn)) throw notFound(arn);
  return [];
};

/** Redshift Serverless's resource policies. */
export const resourcePolicies: ActionGroup = {
  api: redshiftServerless,
  operations: { PutResourcePolicy: put, GetResourcePolicy: get, DeleteResourcePolicy: remove },
};

/** The ARN of a snapshot of the place (Service Authorization Reference). */
function readArn(parameters: Parameters, { account, region }: Place): string {
  const arn = parameters.get("resourceArn") ?? "";
  if (!/^arn:aws[a-z-]*:redshift-serverless:[a-z0-9-]+:\d{12}:snapshot\/[^/]+$/.test(arn)) throw validationError(`Invalid ARN: ${arn}`);
  if (!arn.includes(`:${region}:${account}:`)) throw notFound(arn);
  return arn;
}

function notFound(arn: string): QueryError {
  return new QueryError("ResourceNotFoundException", 404, `${arn} or its policy does not exist.`);
}

/** The principals that a policy allows something, as written. Throws ValidationException for a text that is no policy. */
export function principalsOf(text: string): readonly string[] {
  try {
    const { Statement = [] }: { Statement?: Statement | Statement[] } = JSON.parse(text);
    return [Statement]
      .flat()
      .flatMap(({ Effect, Principal }) => (Effect === "Allow" ? Object.values({ ...asObject(Principal) }).flat() : []));
  } catch {
    throw validationError("The policy is not valid.");
  }
}

interface Statement {
  readonly Effect: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
}

function asObject(principal: Statement["Principal"]): Exclude<Statement["Principal"], string> {
  return typeof principal === "string" ? { AWS: principal } : principal;
}
