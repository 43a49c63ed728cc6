/** What Lambda hands over beside the event, to a function that has a minute. */
export function context() {
  const { AWS_REGION, AWS_LAMBDA_FUNCTION_NAME } = process.env;
  const end = Date.now() + 60_000;
  return {
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${AWS_REGION}:123456789012:function:${AWS_LAMBDA_FUNCTION_NAME}`,
    memoryLimitInMB: "512",
    getRemainingTimeInMillis: () => end - Date.now(),
  };
}
