import { expect, test } from "vitest";
import { events } from "#authorizations/index.ts";
import { counters, measure, namespace, timeToRevoke } from "#lambda/metrics.ts";
import { authorize, caseOf, grantsOf } from "../support/authorizations.ts";
import { cutEventOf, eventOf } from "../support/events.ts";
import { captureOutput, metricsLine } from "../support/output.ts";
import { startScene } from "../support/scene.ts";
import { readTemplate, type Value, withMetric } from "../support/template.ts";
import { ranges, startVpc } from "../support/vpc.ts";

const redshift = caseOf("AuthorizeClusterSecurityGroupIngress");
const [range] = grantsOf(redshift);
if (!range) throw new Error("no sample");
const refused = { answer: "error", code: "AccessDenied", status: 403 } as const;

test("the time from the call to the revoke is measured for revoked grants only", async () => {
  const printed = captureOutput();
  await using scene = await startScene({ measure });
  await authorize(scene.emulator.url, redshift, range);
  const event = eventOf(range, { eventTime: new Date(Date.now() - 5_000).toISOString() });

  const { outcomes } = await scene.invoke(event);
  await scene.invoke(event);

  expect(printed().map((line) => JSON.parse(line))).toEqual([
    metricsLine("redshift", { Revoked: 1, TimeToRevoke: outcomes[0]?.elapsedMs }),
    metricsLine("redshift", { AlreadyGone: 1 }),
  ]);
  expect(outcomes[0]?.elapsedMs).toSatisfy((ms: number) => ms >= 5_000 && ms < 20_000);
});

test.each([
  ["0 when the call is in the future", new Date(Date.now() + 60_000).toISOString(), { Revoked: 1, TimeToRevoke: 0 }],
  ["absent when the time of the call cannot be read", "yesterday", { Revoked: 1 }],
])("the time to revoke is %s", async (_name, eventTime, counted) => {
  const printed = captureOutput();
  await using scene = await startScene({ measure });
  await authorize(scene.emulator.url, redshift, range);

  await scene.invoke(eventOf(range, { eventTime }));

  expect(printed().map((line) => JSON.parse(line))).toEqual([metricsLine("redshift", counted)]);
});

test("failures are counted although the handler throws: grants, and events that cannot be judged", async () => {
  const printed = captureOutput();
  await using scene = await startScene({ measure });
  await authorize(scene.emulator.url, redshift, range);
  scene.emulator.fail({ action: "RevokeClusterSecurityGroupIngress", ...refused });
  scene.emulator.fail({ action: "DescribeClusterSecurityGroups", times: Number.POSITIVE_INFINITY, ...refused });
  const whole = eventOf(range);
  const half = {
    ...whole,
    detail: { ...whole.detail, requestParameters: { ...(whole.detail.requestParameters as object), omitted: true } },
  };

  const thrown = [await scene.invoke(whole), await scene.invoke(half), await scene.invoke(cutEventOf(range))];

  expect(thrown.map(({ results, error }) => [results, error?.name])).toEqual([
    [["failed"], "InvocationError"],
    [["revoked"], "InvocationError"],
    [[], "InvocationError"],
  ]);
  expect(printed().map((line) => JSON.parse(line))).toEqual([
    metricsLine("redshift", { Failed: 1 }),
    metricsLine("redshift", { Revoked: 1, TimeToRevoke: expect.any(Number), Failed: 1 }),
    metricsLine("redshift", { Failed: 1 }),
  ]);
});

test("an event of no watched call counts as a failure of the watched services, whatever service it names", async () => {
  const printed = captureOutput();
  await using one = await startScene({ measure, watched: events.filter(({ service }) => service === "redshift") });
  await using all = await startScene({ measure });
  const hostile = { detail: { eventSource: "sqs.amazonaws.com", eventName: '","_aws":{}', awsRegion: "IngressWarden" } };

  for (const scene of [one, all]) for (const event of [hostile, "nothing"]) await scene.invoke(event);

  expect(printed().map((line) => JSON.parse(line))).toEqual(
    ["redshift", "redshift", "elasticache,redshift,ec2", "elasticache,redshift,ec2"].map((service) => metricsLine(service, { Failed: 1 })),
  );
});

test("a failed call and a rule that reaches no watched store print no line", async () => {
  const printed = captureOutput();
  await using vpc = await startVpc({ measure });

  expect((await vpc.invoke(await vpc.open([ranges(["198.18.0.0/15"], 22)]))).results).toEqual(["outOfScope"]);
  await vpc.invoke(eventOf(range, { errorCode: "AccessDenied" }));

  expect(printed()).toEqual([]);
});

test("every grant is counted, also when there are more than one line can hold", async () => {
  const printed = captureOutput();
  await using vpc = await startVpc({ measure });
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  const event = await vpc.open([ranges(numbers.flatMap((n) => [`198.18.${n}.0/24`, `2001:db8:${n}::/48`]))]);

  const { results } = await vpc.invoke(event);

  const lines = printed().map((line) => JSON.parse(line));
  for (const line of lines) {
    const { _aws, service, ...values } = line;
    expect(line).toEqual(metricsLine("ec2", values));
    for (const list of Object.values<Value>(values)) expect([list].flat().length).toBeLessThanOrEqual(100);
  }
  expect(results).toEqual(Array(120).fill("revoked"));
  for (const name of ["Revoked", "TimeToRevoke"]) expect(lines.flatMap((line) => line[name])).toHaveLength(120);
});

test("the dashboard shows every metric of every watched service, under the names in the code", () => {
  const { Resources } = readTemplate();
  const watched = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::Serverless::Function" ? [Properties.Environment.Variables.WATCH] : [],
  );
  const shown = metricsShown(Resources["CloudWatchDashboard"]?.Properties);
  const ours = (name: string, stat: string) => watched.map((service) => `${stat} ${namespace} ${name} service=${service}`);

  expect(shown.filter((metric) => metric.includes(` ${namespace} `)).sort()).toEqual(
    [...["p50", "p99"].flatMap((stat) => ours(timeToRevoke, stat)), ...Object.values(counters).flatMap((name) => ours(name, "Sum"))].sort(),
  );
});

test("the dashboard also shows the metrics of the queues' alarms, and every alarm on our metrics uses a name in the code", () => {
  const { Resources } = readTemplate();
  const alarmed = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::CloudWatch::Alarm" ? [alarmOf(withMetric(Properties))] : [],
  );
  const shown = metricsShown(Resources["CloudWatchDashboard"]?.Properties).filter((metric) => !metric.includes(` ${namespace} `));
  const queues = [...new Set(alarmed.filter((metric) => metric.includes("AWS/SQS")))];
  // The queue that a function reads has an alarm for the age of its events, as they may well be many.
  const waiting = `Maximum AWS/SQS ApproximateNumberOfMessagesVisible QueueName=\${SecurityGroupEvents.QueueName}`;

  expect(queues).toHaveLength(4);
  expect(shown.sort()).toEqual([...queues, waiting].sort());
  const names = [timeToRevoke, ...Object.values(counters)].join("|");
  for (const metric of alarmed) expect(metric).toMatch(new RegExp(`^\\w+ (AWS/\\w+ \\w+|${namespace} (${names})) `));
});

test("the dashboard's name is unique in the account, and its widgets show the stack's Region", () => {
  const dashboard = readTemplate().Resources["CloudWatchDashboard"]?.Properties;

  expect(dashboard.DashboardName).toEqual({ "Fn::Sub": `\${AWS::StackName}-\${AWS::Region}` });
  for (const { properties } of JSON.parse(dashboard.DashboardBody["Fn::Sub"]).widgets) expect(properties.region).toBe(`\${AWS::Region}`);
});

/** Each metric of the dashboard with its statistic and dimension, as text. */
function metricsShown({ DashboardBody }: Value): string[] {
  return JSON.parse(DashboardBody["Fn::Sub"]).widgets.flatMap(({ properties: { stat, metrics } }: Value) =>
    metrics.map(([of, name, dimension, value]: string[]) => `${stat} ${of} ${name} ${dimension}=${value}`),
  );
}

/** The metric of an alarm in the same form. */
function alarmOf({ Statistic, Namespace, MetricName, Dimensions: [{ Name, Value: value }] }: Value): string {
  const [resource, attribute] = value["Fn::GetAtt"] ?? [value.Ref];
  const named = typeof value === "string" ? value : `\${${[resource, attribute].filter(Boolean).join(".")}}`;
  return `${Statistic} ${Namespace} ${MetricName} ${Name}=${named}`;
}
