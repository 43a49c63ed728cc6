import type { Context } from "aws-lambda";

interface ContextOptions {
  readonly remaining?: number;
  readonly account?: string;
  readonly partition?: string;
}

/** A Lambda context with so many milliseconds remaining, for a function of this account and partition. */
export function contextOf({ remaining = 20_000, account = "123456789012", partition = "aws" }: ContextOptions = {}): Context {
  const end = Date.now() + remaining;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "warden",
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:${partition}:lambda:eu-west-1:${account}:function:warden`,
    memoryLimitInMB: "512",
    awsRequestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    logGroupName: "/aws/lambda/warden",
    logStreamName: "1",
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
