// What Lambda's Node.js runtime does, over the Runtime API: `node --expose-gc loop.mjs FOLDER`. It prints its memory use on standard error.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name] = process.env._HANDLER.split(".");
// How many milliseconds earlier than the handler expects Lambda stops it: 0, unless a test needs a handler that does not end in time.
const unseen = Number(process.env.CUT_OFF_EARLY ?? 0);
const failure = (error) => JSON.stringify({ errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split("\n") });

let handler;
try {
  handler = (await import(pathToFileURL(join(process.argv[2], `${file}.mjs`)).href))[name];
} catch (error) {
  await fetch(`${api}/init/error`, { method: "POST", body: failure(error) });
  process.exit(1);
}

for (let count = 1; ; count++) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: next.headers.get("lambda-runtime-invoked-function-arn"),
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline + unseen - Date.now(),
  };
  try {
    const answer = await handler(await next.json(), context);
    await fetch(`${api}/invocation/${id}/response`, { method: "POST", body: JSON.stringify(answer) });
  } catch (error) {
    await fetch(`${api}/invocation/${id}/error`, { method: "POST", body: failure(error) });
  }
  if (count % 100 === 0) {
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    console.error(`memory ${JSON.stringify({ count, heapUsed, rss })}`);
  }
}
