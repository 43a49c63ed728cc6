import { EC2Client } from "@aws-sdk/client-ec2";
import { ElastiCacheClient, type ElastiCacheClientConfig } from "@aws-sdk/client-elasticache";
import { RedshiftClient } from "@aws-sdk/client-redshift";
import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { onTestFinished, vi } from "vitest";
import type { Emulator } from "#emulator/index.ts";

/** What a client may be told besides its endpoint. */
export interface ClientOptions {
  readonly account?: string;
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly requestHandler?: NonNullable<ElastiCacheClientConfig["requestHandler"]>;
}

/** The real client of ElastiCache, pointed at the emulator. */
export function elasticacheClient(emulator: Emulator, options: ClientOptions = {}): ElastiCacheClient {
  return new ElastiCacheClient(configuration(emulator, options));
}

/** The real client of Redshift, pointed at the emulator. */
export function redshiftClient(emulator: Emulator, options: ClientOptions = {}): RedshiftClient {
  return new RedshiftClient(configuration(emulator, options));
}

/** The real client of EC2, pointed at the emulator. */
export function ec2Client(emulator: Emulator, options: ClientOptions = {}): EC2Client {
  return new EC2Client(configuration(emulator, options));
}

/** The real client of Redshift Serverless, pointed at the emulator. */
export function serverlessClient(emulator: Emulator, options: ClientOptions = {}): RedshiftServerlessClient {
  return new RedshiftServerlessClient(configuration(emulator, options));
}

function configuration(emulator: Emulator, { account = "123456789012", ...options }: ClientOptions) {
  const credentials = { accessKeyId: account, secretAccessKey: "x" };
  return { endpoint: emulator.url, region: "eu-west-1", maxAttempts: 1, credentials, ...options };
}

/** What a caller sees of a failure: the SDK's name, the wire code and the HTTP status. */
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

/** Sends a form as it stands, signed for `service`: for what the clients themselves would never send. */
export async function post(emulator: Emulator, service: string, form: string, authorization?: string): Promise<Response> {
  const scope = `123456789012/20261120/eu-west-1/${service}/aws4_request`;
  const signature = authorization ?? `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
  return fetch(emulator.url, { method: "POST", headers: { authorization: signature }, body: form });
}

/** Lets time pass for the emulator, which settles by the clock, without waiting; until the test ends. */
export function passTime(): (ms: number) => void {
  let ahead = 0;
  const now = performance.now.bind(performance);
  const spy = vi.spyOn(performance, "now").mockImplementation(() => now() + ahead);
  onTestFinished(() => spy.mockRestore());
  return (ms) => {
    ahead += ms;
  };
}
