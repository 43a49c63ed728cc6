// Invokes an unpacked deployment package as Lambda would, without network: `node .ci/invoke-package.mjs DIR`.
// A build that lints and bundles well can still die at import, and only running what was uploaded shows it.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";

const [directory, handler, event] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: node .ci/invoke-package.mjs DIR");
const dir = resolve(directory);
if (event === undefined) await invokeEach();
else await invoke(handler, JSON.parse(event));

/** One fresh process for each call that a function of the template waits for, with that function's environment only. */
async function invokeEach() {
  if (!process.version.startsWith("v24.")) throw new Error(`Lambda runs Node 24, this is ${process.version}`);
  const files = readdirSync(dir, { recursive: true });
  for (const name of ["policy.json", "policy.sha256"])
    if (!files.includes(name)) throw new Error(`the package holds no ${name}, only ${files.join(", ")}`);
  const maps = files.filter((file) => file.endsWith(".map"));
  if (maps.length > 0) throw new Error(`the package holds source maps: ${maps.join(", ")}`);

  const { readTemplate } = await import("../test/support/template.ts");
  const { stackOf } = await import("../test/release/template/stack.ts");
  const template = readTemplate();
  const { Globals, Parameters, Resources } = template;
  const { rules } = stackOf(template);
  for (const [name, { Type, Properties: own }] of Object.entries(Resources)) {
    if (Type !== "AWS::Serverless::Function") continue;
    const variables = { ...Globals.Function.Environment.Variables, ...own.Environment?.Variables };
    for (const [variable, value] of Object.entries(variables)) {
      if (value.Ref !== undefined) variables[variable] = Parameters[value.Ref].Default;
    }
    for (const { pattern } of rules.filter(({ functionName }) => functionName === name)) {
      for (const eventName of pattern.detail.eventName) {
        const started = performance.now();
        const event = failedCall(pattern.source[0], pattern.detail.eventSource[0], eventName);
        invokeApart(own.Handler ?? Globals.Function.Handler, event, { ...variables, AWS_LAMBDA_FUNCTION_NAME: name });
        const elapsed = Math.round(performance.now() - started);
        console.log(`${name}: a failed ${eventName} gives no outcome, ${elapsed} ms`);
      }
    }
  }
}

function invokeApart(handler, event, variables) {
  const child = spawnSync(process.execPath, [import.meta.filename, dir, handler, JSON.stringify(event)], {
    encoding: "utf8",
    timeout: 60_000,
    env: {
      AWS_ACCESS_KEY_ID: "none",
      AWS_SECRET_ACCESS_KEY: "none",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_REGION: REGION,
      ...variables,
    },
  });
  if (child.status === 0) return;
  console.error(`${child.stdout}${child.stderr}`);
  throw new Error(`WATCH=${variables.WATCH}: ${child.error?.message ?? `exit ${child.status ?? child.signal}`}`);
}

/** Imports the handler and hands it one event. */
async function invoke(handler, event) {
  // Before the import, so that no code sees another: http, https, tls and fetch all connect by this method.
  const { Socket } = await import("node:net");
  Socket.prototype.connect = function refuse() {
    process.nextTick(() => this.destroy(Object.assign(new Error("no network here"), { code: "ECONNREFUSED" })));
    return this;
  };
  const [file, name] = handler.split(".");
  const bundle = await import(pathToFileURL(join(dir, `${file}.mjs`)).href);
  const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
  const answer = await bundle[name](event, {
    awsRequestId: "00000000-0000-4000-8000-000000000000",
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: "512",
    getRemainingTimeInMillis: () => 60_000,
  });
  const text = JSON.stringify(answer);
  if (text !== '{"outcomes":[]}') throw new Error(`expected {"outcomes":[]}, got ${text}`);
}

/** What EventBridge would hand over of a call that AWS refused, if the rule's pattern let it pass. */
function failedCall(source, eventSource, eventName) {
  return {
    version: "0",
    id: "00000000-0000-4000-8000-000000000001",
    "detail-type": "AWS API Call via CloudTrail",
    source,
    account: ACCOUNT,
    time: "2026-11-20T10:00:00Z",
    region: REGION,
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/someone`, accountId: ACCOUNT },
      eventTime: "2026-11-20T10:00:00Z",
      eventSource,
      eventName,
      awsRegion: REGION,
      sourceIPAddress: "198.51.100.7",
      userAgent: "aws-cli/2",
      errorCode: "AccessDenied",
      errorMessage: "not authorized",
      requestParameters: null,
      responseElements: null,
      requestID: "00000000-0000-4000-8000-000000000002",
      eventID: "00000000-0000-4000-8000-000000000003",
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: ACCOUNT,
    },
  };
}
