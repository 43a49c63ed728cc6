import { member } from "#cloudtrail/fields.ts";

/** What AWS writes into the same bucket as a trail. */
export type Kind = "CloudTrail-Digest" | "CloudTrail-Insight" | "Config" | "GuardDuty" | "CloudWatch Logs";

const date = String.raw`\d{4}/\d{1,2}/\d{1,2}`;
/** The names of their files. Only a whole name counts, so that no trail of another name is left out. */
const names: readonly (readonly [RegExp, Kind])[] = [
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
  [/(^|\/)\d{12}_CloudTrail-Digest_[a-z0-9-]+_[^/]+_\d{8}T\d{6}Z\.json\.gz$/, "CloudTrail-Digest"],
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
  [/(^|\/)\d{12}_CloudTrail-Insight_[a-z0-9-]+_\d{8}T\d{4}Z_[A-Za-z0-9]+\.json\.gz$/, "CloudTrail-Insight"],
  // https://docs.aws.amazon.com/config/latest/developerguide/example-s3-snapshot.html
  [/(^|\/)\d{12}_Config_[a-z0-9-]+_(ConfigHistory|ConfigSnapshot|OversizedConfigurationItem[A-Za-z]*)_[^/]+\.json\.gz$/, "Config"],
  // https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
  [new RegExp(`(^|/)GuardDuty/[a-z0-9-]+/${date}/[0-9a-f-]{36}\\.jsonl\\.gz$`), "GuardDuty"],
];

/** Returns the kind of a file by its path; undefined for a path that may be a trail's. */
export function kindOfPath(path: string): Kind | undefined {
  return names.find(([name]) => name.test(path))?.[1];
}

/** Returns the kind of a JSON value that is no event by what only that kind has; undefined for any other value. */
export function kindOf(value: unknown): Kind | undefined {
  if (member(value, "eventCategory") === "Insight" || member(value, "eventType") === "AwsCloudTrailInsight") return "CloudTrail-Insight";
  if (Array.isArray(member(value, "logFiles")) && typeof member(value, "digestS3Object") === "string") return "CloudTrail-Digest";
  if (Array.isArray(member(value, "configurationItems")) || typeof member(value, "configurationItemStatus") === "string") return "Config";
  if (member(member(value, "service"), "serviceName") === "guardduty") return "GuardDuty";
  return undefined;
}
