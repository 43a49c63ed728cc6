import { isDeepStrictEqual as same } from "node:util";
import type { Value } from "../../support/template.ts";
import { type Check, each } from "./check.ts";
import { getAtt } from "./stack.ts";

/** The statement by which Lambda keeps the failed events of a function; SAM adds none to a role that it does not make. */
export const sendsToFailedEvents: unknown = { Effect: "Allow", Action: "sqs:SendMessage", Resource: getAtt("FailedEvents") };

/** The statement by which Lambda reads a function's queue; Lambda calls nothing else there. */
export function reads(queue: string): unknown {
  return { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: getAtt(queue) };
}

/** The statement by which Lambda writes a function's logs: into its own log group, which it need not create. */
export function writesLogs({ Ref: group }: Value): unknown {
  return { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: getAtt(group) };
}

/** Requirements of every function; each fault begins with its name. */
export const functionChecks: Readonly<Record<string, Check>> = {
  "functions run the same build": each(function* ({ properties }) {
    const { CodeUri, Code, Handler, Runtime, Architectures, MemorySize, Environment } = properties;
    if (CodeUri !== "dist/" && Code?.S3Key === undefined) yield `its code is ${CodeUri}: write dist/`;
    if (Handler !== "lambda.handler") yield `its handler is ${Handler}: write lambda.handler`;
    if (Runtime !== "nodejs24.x" || !same(Architectures, ["arm64"]))
      yield `it runs on ${Runtime}, ${Architectures}: write nodejs24.x, arm64`;
    if (!(MemorySize >= 512)) yield `its memory is ${MemorySize} MB, and its share of the processor with it: write 512 or more`;
    const { WATCH, ...variables } = Environment.Variables;
    if (!/^[a-z0-9-]+$/.test(WATCH)) yield `it watches ${WATCH}: write one service`;
    if (!same(variables, { MODE: { Ref: "Mode" }, POWERTOOLS_SERVICE_NAME: "ingress-warden" }))
      yield `its environment is ${JSON.stringify(variables)}`;
  }),

  "the timeout leaves room for every retry": each(function* ({ properties }) {
    // A revoke and the read after it, each with an unanswered attempt before the one that succeeds, and the longest pause.
    if (properties.Timeout !== 60) yield `its timeout is ${properties.Timeout} s: write 60`;
  }),

  "concurrency is not reserved": each(function* ({ properties }) {
    if ("ReservedConcurrentExecutions" in properties) yield "its concurrency is reserved, so that a flood of events is throttled";
  }),

  "logs are complete and are kept": each(function* ({ name, statements, properties: { LoggingConfig: logging } }, { template, functions }) {
    if (logging.LogFormat !== "JSON" || logging.ApplicationLogLevel !== "INFO" || logging.SystemLogLevel !== "INFO")
      yield `it logs ${logging.LogFormat} at ${logging.ApplicationLogLevel} and ${logging.SystemLogLevel}: write JSON at INFO`;
    const { Type, Properties: group } = template.Resources[logging.LogGroup?.Ref] ?? {};
    if (Type !== "AWS::Logs::LogGroup" || !same(group.RetentionInDays, { Ref: "LogRetentionDays" }))
      yield "it has no log group that is kept for LogRetentionDays";
    if (!statements.some((statement) => same(statement, writesLogs(logging.LogGroup ?? {}))))
      yield "its role may not write to its log group";
    const others = functions.filter((other) => other.name !== name);
    if (others.some(({ properties }) => same(properties.LoggingConfig.LogGroup, logging.LogGroup))) yield "it shares its log group";
  }),

  "functions retry": each(function* ({ invokeConfig, queue }) {
    if (queue) return;
    const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } = invokeConfig;
    if (attempts !== 2 || age !== 21_600) yield `it tries ${attempts} times more within ${age} s: write 2 and 21600`;
  }),

  "failed events are kept": each(function* ({ invokeConfig, statements, queue }) {
    if (queue) return;
    const { OnFailure } = invokeConfig.DestinationConfig ?? {};
    if (!same(OnFailure?.Destination, getAtt("FailedEvents"))) yield "it does not send failed events to FailedEvents";
    if (!statements.some((statement) => same(statement, sendsToFailedEvents))) yield "its role may not write to FailedEvents";
  }),
};
