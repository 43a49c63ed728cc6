import type { World } from "./state.ts";
import { invalidValue, QueryError } from "./wire/errors.ts";
import type { Query } from "./wire/request.ts";

/** Throws if AWS does not offer an action: to an account without EC2-Classic, or in a Region without the service. */
export function checkAvailable({ service, action, region }: Query, { settings }: World): void {
  if (settings.vpcOnly) checkClassicGroups(service, action);
  if (service !== "redshift-serverless" || !settings.regionsWithoutRedshiftServerless.includes(region)) return;
  // On record for ListWorkgroups and ListNamespaces (github.com/ekristen/aws-nuke/issues/372). skip.go, see below, has other words for an
  // action that it does not name; that all begin and end alike is assumed.
  throw new QueryError("ValidationException", 400, `The ${action.replace(/^[A-Z][a-z]+/, "")} operation isn't supported.`);
}

/**
 * ElastiCache: what sweeps over many Regions meet (internal/sweep/awsv2/skip.go of github.com/hashicorp/terraform-provider-aws). Redshift:
 * github.com/crossplane-contrib/provider-upjet-aws/issues/404 on creation, lister/redshift_securitygroup.go of github.com/trek10inc/awsets
 * on Describe. That the other actions answer the same is assumed.
 */
function checkClassicGroups(service: string, action: string): void {
  if (service === "elasticache" && action.includes("CacheSecurityGroup")) {
    throw invalidValue("Use of cache security groups is not permitted in this API version for your account.");
  }
  if (service === "redshift" && action.includes("ClusterSecurityGroup")) {
    throw invalidValue("VPC-by-Default customers cannot use cluster security groups");
  }
}
