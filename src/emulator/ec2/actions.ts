import type { ActionGroup, Operation } from "../operation.ts";
import { ec2 } from "../wire/apis.ts";
import { QueryError } from "../wire/errors.ts";
import type { Parameters } from "../wire/parameters.ts";

/** An error of EC2's (page "Error codes" of its API reference). All client errors have status 400. */
export function ec2Error(code: string, message: string): QueryError {
  return new QueryError(code, 400, message);
}

/** The text of a required parameter. EC2 answers an absent and an empty one with MissingParameter. */
export function ec2Required(parameters: Parameters, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value === "") throw ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
  return value;
}

/** Returns an identifier, such as "sg-" and 8 or 17 hexadecimal digits. Throws the error `malformed` if it has another form. */
export function checkId(id: string, prefix: string, malformed: string): string {
  if (new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return id;
  throw ec2Error(malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** Actions of EC2, each with the parameter DryRun. No caller lacks a permission here. */
export function ec2Actions(operations: Readonly<Record<string, Operation>>): ActionGroup {
  return {
    api: ec2,
    operations: Object.fromEntries(Object.entries(operations).map(([action, operation]) => [action, withDryRun(operation)])),
  };
}

function withDryRun(operation: Operation): Operation {
  return (parameters, place, caller) => {
    if (parameters.get("DryRun") !== "true") return operation(parameters, place, caller);
    throw new QueryError("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set.");
  };
}
