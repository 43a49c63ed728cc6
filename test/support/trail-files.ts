import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const account = "123456789012";
const region = "eu-west-1";

/** A violating event of an authorization, as EventBridge delivers it. */
export const envelope: { readonly detail: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync("events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json", "utf8"),
);
/** Its record. */
export const record: Readonly<Record<string, unknown>> = envelope.detail;
/** A record of a call that is not watched. */
export const unwatched: Readonly<Record<string, unknown>> = {
  ...record,
  eventSource: "s3.amazonaws.com",
  eventName: "GetObject",
  requestParameters: { bucketName: "reports", key: 'a "quoted" key, {and} [brackets]' },
  responseElements: null,
};

/** Some records as one file of a trail. */
export function trailFile(...Records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records }));
}

/**
 * A day of one account and Region, as CloudTrail, Config and GuardDuty write it into one bucket; each file by its path. Three files of
 * the trail have two records each, one of them watched.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export function bucketFiles(): Readonly<Record<string, Buffer>> {
  const at = (service: string) => `AWSLogs/${account}/${service}/${region}/2026/11/20`;
  const digest = {
    awsAccountId: account,
    digestStartTime: "2026-11-20T10:00:00Z",
    digestEndTime: "2026-11-20T11:00:00Z",
    digestS3Bucket: "trail",
    digestS3Object: "AWSLogs/…",
    digestSignatureAlgorithm: "SHA256withRSA",
    logFiles: [{ s3Bucket: "trail", s3Object: "AWSLogs/…", hashValue: "00", hashAlgorithm: "SHA-256" }],
  };
  const insight = {
    eventVersion: "1.10",
    eventTime: "2026-11-20T10:00:00Z",
    awsRegion: region,
    eventType: "AwsCloudTrailInsight",
    recipientAccountId: account,
    insightDetails: { state: "Start", eventSource: "redshift.amazonaws.com", eventName: "AuthorizeClusterSecurityGroupIngress" },
    eventCategory: "Insight",
  };
  const item = {
    relatedEvents: [],
    configurationItemStatus: "OK",
    resourceType: "AWS::EC2::SecurityGroup",
    configuration: { groupId: "sg-1" },
  };
  const history = { fileVersion: "1.0", configurationItems: [item, item] };
  const snapshot = { ...history, configSnapshotId: "0c5c1f5e-0000-4000-8000-000000000000" };
  const finding = {
    schemaVersion: "2.0",
    accountId: account,
    region,
    id: "f",
    type: "Recon:EC2/Portscan",
    service: { serviceName: "guardduty" },
  };
  const uuid = (n: number) => `0c5c1f5e-0000-4000-8000-00000000000${n}`;
  return {
    [`${at("CloudTrail")}/${account}_CloudTrail_${region}_20261120T1005Z_Mu0KsOhtH1ar15ZZ.json.gz`]: trailFile(unwatched, record),
    [`${at("CloudTrail")}/${account}_CloudTrail_${region}_20261120T1010Z_Mu0KsOhtH1ar15ZA.json.gz`]: trailFile(record, unwatched),
    [`${at("CloudTrail")}/${account}_CloudTrail_${region}_20261120T1015Z_Mu0KsOhtH1ar15ZB.json.gz`]: trailFile(unwatched, record),
    ...Object.fromEntries(
      [10, 11].map((hour) => [
        `${at("CloudTrail-Digest")}/${account}_CloudTrail-Digest_${region}_trail_${region}_20261120T${hour}0000Z.json.gz`,
        gzipSync(JSON.stringify(digest)),
      ]),
    ),
    [`${at("CloudTrail-Insight")}/${account}_CloudTrail-Insight_${region}_20261120T1005Z_Mu0KsOhtH1ar15ZZ.json.gz`]: trailFile(insight),
    [`${at("Config")}/ConfigSnapshot/${account}_Config_${region}_ConfigSnapshot_20261120T100000Z_${uuid(0)}.json.gz`]: gzipSync(
      JSON.stringify(snapshot),
    ),
    [`${at("Config")}/ConfigHistory/${account}_Config_${region}_ConfigHistory_AWS::EC2::SecurityGroup_20261120T100000Z_20261120T160000Z_1.json.gz`]:
      gzipSync(JSON.stringify(history)),
    [`AWSLogs/${account}/Config/ConfigWritabilityCheckFile`]: Buffer.alloc(0),
    [`${at("GuardDuty")}/${uuid(1)}.jsonl.gz`]: gzipSync(`${JSON.stringify(finding)}\n${JSON.stringify(finding)}\n`),
  };
}

/** Writes files into a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, Buffer | string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
