import type { AwsFailure } from "./failure.ts";

/**
 * True for AWS's own answer in a Region that has the service's endpoint but not the service, as Redshift Serverless gives it: "The
 * Workgroups operation isn't supported."
 * @see https://github.com/ekristen/aws-nuke/issues/372
 */
export function isUnsupported({ code, message }: AwsFailure): boolean {
  return code === "Validation" && /operation isn't supported/.test(message);
}
