import { EC2Client } from "@aws-sdk/client-ec2";
import { ElastiCacheClient, type ElastiCacheClientConfig } from "@aws-sdk/client-elasticache";
import { RedshiftClient } from "@aws-sdk/client-redshift";
import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { STSClient } from "@aws-sdk/client-sts";
import { onTestFinished, vi } from "vitest";
import type { Emulator } from "#emulator/index.ts";

/** The options of a client. */
export interface ClientOptions {
  readonly account?: string;
  readonly region?: string;
  readonly credentials?: NonNullable<ElastiCacheClientConfig["credentials"]>;
  readonly maxAttempts?: number;
  readonly requestHandler?: NonNullable<ElastiCacheClientConfig["requestHandler"]>;
}

/** The SDK's ElastiCache client for the emulator. */
export function elasticacheClient(emulator: Emulator, options: ClientOptions = {}): ElastiCacheClient {
  return new ElastiCacheClient(configuration(emulator, options));
}

/** The SDK's Redshift client for the emulator. */
export function redshiftClient(emulator: Emulator, options: ClientOptions = {}): RedshiftClient {
  return new RedshiftClient(configuration(emulator, options));
}

/** The SDK's EC2 client for the emulator. */
export function ec2Client(emulator: Emulator, options: ClientOptions = {}): EC2Client {
  return new EC2Client(configuration(emulator, options));
}

/** The SDK's Redshift Serverless client for the emulator. */
export function serverlessClient(emulator: Emulator, options: ClientOptions = {}): RedshiftServerlessClient {
  return new RedshiftServerlessClient(configuration(emulator, options));
}

/** The SDK's STS client for the emulator. */
export function stsClient(emulator: Emulator, options: ClientOptions = {}): STSClient {
  return new STSClient(configuration(emulator, options));
}

function configuration(emulator: Emulator, { account = "123456789012", ...options }: ClientOptions) {
  const credentials = { accessKeyId: account, secretAccessKey: "x" };
  return { endpoint: emulator.url, region: "eu-west-1", maxAttempts: 1, credentials, ...options };
}

/** The error of a call: the SDK's name, the error code and the HTTP status; "no error" if it succeeds. */
export async function refusalOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const seen = error as Error & { Code?: string; $metadata?: { httpStatusCode?: number } };
    return [seen.name, seen.Code ?? "-", seen.$metadata?.httpStatusCode ?? "-"].join(" ");
  }
  return "no error";
}

/** Posts a form, signed for `service`: for requests that the SDK would not send. */
export async function post(emulator: Emulator, service: string, form: string, authorization?: string): Promise<Response> {
  const scope = `123456789012/20261120/eu-west-1/${service}/aws4_request`;
  const signature = authorization ?? `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
  return fetch(emulator.url, { method: "POST", headers: { authorization: signature }, body: form });
}

/** Returns a function that moves the emulator's clock forward, so that changes settle without waiting. Undone when the test ends. */
export function passTime(): (ms: number) => void {
  let ahead = 0;
  const now = performance.now.bind(performance);
  const spy = vi.spyOn(performance, "now").mockImplementation(() => now() + ahead);
  onTestFinished(() => spy.mockRestore());
  return (ms) => {
    ahead += ms;
  };
}
