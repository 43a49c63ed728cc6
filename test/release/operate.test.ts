import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchable } from "#authorizations/index.ts";
import { counters, timeToRevoke } from "#lambda/metrics.ts";
import { cli } from "../support/run.ts";
import { readTemplate, type Value } from "../support/template.ts";

const document = readFileSync("docs/OPERATING.md", "utf8");
const [read = "", redrive = "", failed = "", undelivered = ""] = scriptsOf("Queued events");
const [archive = ""] = scriptsOf("Replay from the archive");
const [disable = "", ...switches] = scriptsOf("Stop revoking");
const [rollBack = ""] = scriptsOf("Roll back");

const hasTools = spawnSync("jq", ["--version"]).status === 0 && spawnSync("sh", ["-c", ":"]).status === 0;
if (!hasTools) console.warn("SKIPPED: there is no jq or sh here. NOT CHECKED: the commands of docs/OPERATING.md.");

/** The shell scripts under a heading of docs/OPERATING.md, in order. */
function scriptsOf(heading: string): string[] {
  return [...sectionOf(heading).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script = ""]) => script);
}

function sectionOf(heading: string): string {
  return document.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? "";
}

/** An AWS CLI that answers with $ANSWER, or names a queue's URL, and notes how it was called, and with which payload. It refuses call $REFUSED. */
const aws = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const payload = args.find((arg) => /^fileb?:/.test(arg));
appendFileSync("calls", JSON.stringify({ args, payload: payload && readFileSync(payload.split("//")[1], "utf8") }) + "\\n");
if (/receive|describe|attributes/.test(args[1])) process.stdout.write(process.env.ANSWER);
if (args[1] === "get-queue-url") process.stdout.write("https://" + args[3]);
process.exitCode = readFileSync("calls", "utf8").split("\\n").length - 1 === Number(process.env.REFUSED) ? 254 : 0;
`;

const event = JSON.parse(readFileSync("events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json", "utf8"));
// Nothing that a caller chose may end a loop or be taken for a command.
event.detail.userAgent = "a\\n\"b\" $(touch c) `d` %s\n'e' \u2028";
const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:warden-RedshiftFunction";
const attribute = (StringValue: string) => ({ StringValue, DataType: "String" });
const failedMessages = ["1", "2"].map((id) => ({
  MessageId: id,
  ReceiptHandle: `handle+${id}=`,
  Body: JSON.stringify({
    version: "1.0",
    timestamp: "2026-11-20T10:10:00.000Z",
    requestContext: { requestId: id, functionArn: `${functionArn}:$LATEST`, condition: "RetriesExhausted", approximateInvokeCount: 3 },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorType: "InvocationError", errorMessage: "failed" },
  }),
}));
const undeliveredTo = (target: string, index: number) => ({
  MessageId: `u${index}`,
  ReceiptHandle: `handle+u${index}=`,
  Body: JSON.stringify(event),
  MessageAttributes: {
    TARGET_ARN: attribute(target),
    RULE_ARN: attribute("arn:aws:events:…"),
    ERROR_CODE: attribute("SDK_CLIENT_ERROR"),
  },
});
const invoke = (name: string) => `lambda invoke --function-name ${name} --invocation-type Event --payload fileb://event.json /dev/null`;
const arns = Object.entries<Value>(readTemplate().Outputs)
  .filter(([name]) => name.endsWith("Rule"))
  .map(([name]) => `arn:aws:events:eu-west-1:123456789012:rule/${name}`);
let folder: string;

/** Runs one of the scripts with the AWS CLI's stand-in; what that was called with, and what was printed. */
function run(script: string, answer = "", refused = 0): { calls: readonly { args: string[]; payload?: string }[]; printed: string } {
  writeFileSync(join(folder, "calls"), "");
  const printed = execFileSync("sh", ["-eu", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: [folder, process.env["PATH"]].join(delimiter),
      ANSWER: answer,
      REFUSED: String(refused),
      queue: "https://queue",
      mapping: "a-b",
      function: "warden-RedshiftFunction",
      archive: "arn:aws:events:eu-west-1:123456789012:archive/kept",
      region: "eu-west-1",
      account: "123456789012",
    },
  });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { calls: calls.map((line) => JSON.parse(line)), printed };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ingress-warden-operating-"));
  writeFileSync(join(folder, "aws"), aws);
  chmodSync(join(folder, "aws"), 0o755);
  copyFileSync("policy.json", join(folder, "policy.json"));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasTools)("the commands of docs/OPERATING.md for", () => {
  const toQueue = "arn:aws:sqs:eu-west-1:123456789012:warden-SecurityGroupEvents-1A";
  const kept = [
    {
      queue: "FailedEvents",
      script: failed,
      messages: failedMessages,
      delivers: failedMessages.map(() => [invoke(`${functionArn}:$LATEST`)]),
    },
    {
      queue: "UndeliveredEvents",
      script: undelivered,
      messages: [functionArn, toQueue].map(undeliveredTo),
      delivers: [
        [invoke(functionArn)],
        [
          "sqs get-queue-url --queue-name warden-SecurityGroupEvents-1A --query QueueUrl --output text",
          "sqs send-message --queue-url https://warden-SecurityGroupEvents-1A --message-body file://event.json",
        ],
      ],
    },
  ];
  const remove = ({ ReceiptHandle }: { ReceiptHandle: string }) =>
    `sqs delete-message --queue-url https://queue --receipt-handle ${ReceiptHandle}`;

  test.each(kept)("$queue replay what it keeps, deliver it again and delete it", ({ script, messages, delivers }) => {
    const fromHere = read.replace("npm run -s cli --", `'${process.execPath}' '${process.cwd()}/src/cli/index.ts'`);
    const { calls, printed } = run(fromHere, JSON.stringify({ Messages: messages }));
    expect(calls[0]?.args).toEqual(expect.arrayContaining(["receive-message", "--message-attribute-names", "All"]));
    expect(printed).toContain(`\n${messages.length} revoked\n`);

    const delivered = run(script).calls;
    expect(delivered.flatMap(({ payload }) => (payload ? [JSON.parse(payload)] : []))).toEqual(messages.map(() => event));
    expect(delivered.map(({ args }) => args.join(" "))).toEqual(
      messages.flatMap((message, index) => [...(delivers[index] ?? []), remove(message)]),
    );
  });

  const refusals = kept.flatMap(({ delivers, messages, ...rest }) =>
    messages.flatMap((refused, index) => {
      const before = delivers.slice(0, index).flat().length + index;
      return (delivers[index] ?? []).map((call, nth) => ({ ...rest, messages, refused, call, position: before + nth + 1 }));
    }),
  );
  test.each(refusals)("$queue keep the message of which call $position, $call, is refused, and no other", (each) => {
    writeFileSync(join(folder, "messages.json"), JSON.stringify({ Messages: each.messages }));
    const { calls, printed } = run(`{ ${each.script} } 2>&1`, "", each.position);
    const deleted = calls.map(({ args }) => args.join(" ")).filter((call) => call.startsWith("sqs delete-message"));

    expect(calls[each.position - 1]?.args.join(" ")).toBe(each.call);
    expect(deleted).toEqual(each.messages.filter((message) => message !== each.refused).map(remove));
    expect(printed).toContain(`not accepted, so not deleted: ${each.refused.MessageId}\n`);
  });

  test("FailedSecurityGroupEvents have SQS move its messages back to the queue that they came from", () => {
    const arn = "arn:aws:sqs:eu-west-1:123456789012:failed";

    expect(run(redrive, arn).calls.map(({ args }) => args.join(" "))).toEqual([
      "sqs get-queue-attributes --queue-url https://queue --attribute-names QueueArn --query Attributes.QueueArn --output text",
      `sqs start-message-move-task --source-arn ${arn}`,
    ]);
  });

  test("the switches turn off the mapping of the one function, and the concurrency of the others", () => {
    expect(switches.map((script) => run(script).calls.map(({ args }) => args.join(" ")))).toEqual([
      ["lambda update-event-source-mapping --uuid a-b --no-enabled"],
      ["lambda put-function-concurrency --function-name warden-RedshiftFunction --reserved-concurrent-executions 0"],
      ["lambda delete-function-concurrency --function-name warden-RedshiftFunction"],
    ]);
  });

  test("the archive replay a window to the rules that the stack's outputs name, and to no other", () => {
    const [described, replayed] = run(archive, JSON.stringify(arns, null, 4)).calls.map(({ args }) => args);
    const option = (name: string) => replayed?.[replayed.indexOf(name) + 1] ?? "";

    expect(described).toContain("Stacks[0].Outputs[?ends_with(OutputKey, 'Rule')].OutputValue");
    expect(replayed?.slice(0, 2)).toEqual(["events", "start-replay"]);
    expect(option("--event-source-arn")).toBe("arn:aws:events:eu-west-1:123456789012:archive/kept");
    expect(JSON.parse(option("--destination"))).toEqual({
      Arn: "arn:aws:events:eu-west-1:123456789012:event-bus/default",
      FilterArns: arns,
    });
    expect(sectionOf("Replay from the archive")).toContain("wait ten minutes after its end");
  });

  test("the rules disable each of them, and no other", () => {
    const [described, ...disabled] = run(disable, JSON.stringify(arns, null, 4)).calls.map(({ args }) => args);

    expect(described).toContain("Stacks[0].Outputs[?ends_with(OutputKey, 'Rule')].OutputValue");
    expect(disabled).toEqual(arns.map((arn) => ["events", "disable-rule", "--name", arn.split("/").at(-1)]));
  });
});

test.skipIf(!hasTools || spawnSync("git", ["--version"]).status !== 0)(
  "the command that rolls back deploys the previous commit's build",
  () => {
    const repository = mkdtempSync(join(tmpdir(), "ingress-warden-rollback-"));
    const into = (file: string, text: string) => writeFileSync(join(repository, "checkout", file), text);
    const shell = (script: string) =>
      execFileSync("sh", ["-eu", "-c", script], {
        cwd: join(repository, "checkout"),
        encoding: "utf8",
        env: { PATH: [repository, process.env["PATH"]].join(delimiter), HOME: repository, LOG: join(repository, "log") },
      });
    const commit = "git -c user.name=a -c user.email=a@b.invalid commit -qm change";
    try {
      for (const tool of ["npm", "sam"]) {
        writeFileSync(join(repository, tool), `#!/bin/sh\necho "${tool} $* $(cat policy.json)" >> "$LOG"\n`);
        chmodSync(join(repository, tool), 0o755);
      }
      mkdirSync(join(repository, "checkout"));
      shell("git init -q");
      for (const policy of ["first", "second"]) {
        into("policy.json", policy);
        shell(`git add policy.json && ${commit}`);
      }
      into("policy.json", "not committed");
      shell(rollBack);
      shell(rollBack);

      const deployed = ["npm ci first", "npm run build first", "sam deploy first"];
      expect(readFileSync(join(repository, "log"), "utf8").trim().split("\n")).toEqual([...deployed, ...deployed]);
      expect(shell("cat policy.json; git worktree list | wc -l").trim()).toMatch(/^not committed\s*1$/);
    } finally {
      rmSync(repository, { recursive: true });
    }
  },
);

test("the table of alarms names each alarm of the template, and no other", () => {
  const names = [...sectionOf("Alarms").matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) => cell.replaceAll("`", "").split(", "));
  const alarms = Object.entries(readTemplate().Resources).flatMap(([name, { Type }]) => (Type === "AWS::CloudWatch::Alarm" ? [name] : []));
  const isNamed = (alarm: string, name: string) => (name.startsWith("…") ? alarm.endsWith(name.slice(1)) : alarm === name);

  expect(alarms.filter((alarm) => names.filter((name) => isNamed(alarm, name)).length !== 1)).toEqual([]);
  expect(names.filter((name) => !alarms.some((alarm) => isNamed(alarm, name)))).toEqual([]);
});

test("the table of costs has the template's quantities, and multiplies", () => {
  const { Resources, Conditions } = readTemplate();
  const alarms = Object.values(Resources).filter(({ Type }) => Type === "AWS::CloudWatch::Alarm");
  const onlyWithAll = alarms.filter(({ Condition }) => JSON.stringify(Conditions[Condition ?? ""] ?? "").includes('"AllAlarms"'));
  const rows = [...sectionOf("Costs").matchAll(/^\| (.*) \| ([\d,]+) \| ([\d.]+) (each|per million) \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  const quantities = rows.map(([, what = "", quantity = ""]) => [what.split(/[,:]/)[0], Number(quantity.replace(",", ""))]);

  expect(quantities).toEqual([
    ["alarms", alarms.length - onlyWithAll.length],
    ["alarms", alarms.length],
    ["dashboard", 1],
    ["metrics", [timeToRevoke, ...Object.values(counters)].length * watchable.length],
    ["polling of `SecurityGroupEvents`", 5 * 3 * 60 * 24 * 30],
  ]);
  for (const [, , quantity = "", price, unit, one, many] of rows) {
    const cost = (Number(quantity.replace(",", "")) * Number(price)) / (unit === "each" ? 1 : 1e6);
    expect([Number(one), Number(many)]).toEqual([Number(cost.toFixed(2)), Number((cost * 300).toFixed(2))]);
  }
});

test("the command that tries a queue's messages reads both forms that queues keep", async () => {
  const [, args = ""] = /jq -r '\.Messages\[\]\.Body' messages\.json \| npm run -s cli -- (.*)/.exec(document) ?? [];
  const bodies = [JSON.stringify(event), JSON.stringify({ version: "1.0", requestContext: {}, requestPayload: event })];
  const { stdout, code } = await cli(args.trim().split(/\s+/), { input: bodies.join("\n") });

  expect(code).toBe(0);
  expect(stdout).toContain("\n2 revoked\n");
});
