import { partitionOf } from "./arn.ts";
import type { Settings, World } from "./state.ts";
import { invalidToken } from "./sts/token-errors.ts";
import { apiOf } from "./wire/apis.ts";
import { QueryError } from "./wire/errors.ts";
import type { Query } from "./wire/request.ts";

/** The Regions that every account has (Account Management Reference Guide, "Enable or disable AWS Regions in your account"). */
const enabledByDefault: readonly string[] = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"],
  ...["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"],
  ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  ...["us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"],
];

/** The Regions that an account has to enable (the same page; names from botocore's partitions.json). */
const optIn: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6"],
  ...[
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
  ],
];

/** The Regions that DescribeRegions lists if the test sets none: few, so that tests that read them all are fast. */
const usual = ["us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "us-gov-west-1", "cn-north-1"];

/** A Region, as an account sees it. */
export interface Region {
  readonly name: string;
  readonly status: "opt-in-not-required" | "opted-in" | "not-opted-in";
}

/** All Regions of the partition of a Region. */
export function regionsOf(region: string, { regions: enabled = usual }: Settings): readonly Region[] {
  const names = [...new Set([...enabled, ...enabledByDefault, ...optIn])].filter((name) => partitionOf(name) === partitionOf(region));
  return names.map((name) => {
    if (!enabled.includes(name)) return { name, status: "not-opted-in" };
    return { name, status: enabledByDefault.includes(name) ? "opt-in-not-required" : "opted-in" };
  });
}

/** Throws what AWS answers in a Region that the account has not enabled. Without a list of enabled Regions, all are enabled. */
export function checkRegion(query: Query, { settings }: World): void {
  if (settings.regions === undefined || settings.regions.includes(query.region)) return;
  // The same errors as for unknown credentials: Redshift, github.com/aws/aws-sdk-java/issues/2119; STS, hashicorp/terraform-provider-aws/issues/12940;
  // EC2, turbot/steampipe-plugin-aws/issues/75; JSON services, aws/chalice/issues/1445 and ekristen/aws-nuke/issues/774.
  if (settings.disabledRegionError === "InvalidClientTokenId") throw invalidToken(query.service);
  const error = notSubscribed(query);
  if (error !== undefined) throw error;
}

/**
 * The error of an account that has no subscription in a Region. Query services: github.com/boto/boto3/issues/2381 (RDS), with the status of
 * page CommonErrors. EC2: Appliscale/cloud-security-audit/issues/24. JSON services: awslabs/fargatecli/issues/38. STS gives out no
 * credentials (turbot/steampipe-plugin-aws/issues/1510), but answers GetCallerIdentity (aws/aws-sdk-go-v2/issues/2846).
 */
function notSubscribed({ service, action, account }: Query): QueryError | undefined {
  const message = "The AWS Access Key Id needs a subscription for the service";
  if (service === "sts" && action !== "AssumeRole") return undefined;
  if (service === "sts") {
    const disabled = `STS is not activated in this region for account:${account}. Your account administrator can activate STS in this region`;
    return new QueryError("RegionDisabledException", 403, `${disabled} using the IAM Console.`);
  }
  switch (apiOf(service)?.protocol) {
    case "ec2":
      return new QueryError(
        "OptInRequired",
        401,
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
      );
    case "json":
      return new QueryError("SubscriptionRequiredException", 400, message);
    default:
      return new QueryError("OptInRequired", 403, message);
  }
}
