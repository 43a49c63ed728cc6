import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { text } from "node:stream/consumers";
import { CreateCacheSecurityGroupCommand, DescribeCacheSecurityGroupsCommand } from "@aws-sdk/client-elasticache";
import {
  AuthorizeClusterSecurityGroupIngressCommand,
  CreateClusterSecurityGroupCommand,
  DescribeClusterSecurityGroupsCommand,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { selfSigned } from "./certificate.ts";
import { type ClientOptions, elasticacheClient, post, redshiftClient, refusalOf } from "./clients.ts";

const create = new CreateCacheSecurityGroupCommand({ CacheSecurityGroupName: "sessions", Description: "for tests" });
const find = new DescribeCacheSecurityGroupsCommand({ CacheSecurityGroupName: "sessions" });

describe("the Query protocol", () => {
  test("a response has its namespace and Result element, and the same request id in body and header", async () => {
    await using emulator = await startEmulator();
    const answer = await post(emulator, "redshift", "Action=DescribeClusterSecurityGroups&Version=2012-12-01");

    const id = answer.headers.get("x-amzn-requestid");
    expect(answer.headers.get("content-type")).toBe("text/xml");
    expect(await answer.text()).toBe(
      '<DescribeClusterSecurityGroupsResponse xmlns="http://redshift.amazonaws.com/doc/2012-12-01/">' +
        "<DescribeClusterSecurityGroupsResult><ClusterSecurityGroups><ClusterSecurityGroup>" +
        "<EC2SecurityGroups/><IPRanges/><ClusterSecurityGroupName>default</ClusterSecurityGroupName>" +
        "<Description>default</Description><Tags/></ClusterSecurityGroup></ClusterSecurityGroups>" +
        `</DescribeClusterSecurityGroupsResult><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>` +
        "</DescribeClusterSecurityGroupsResponse>",
    );
  });

  test("an error states whether the sender or the receiver is at fault", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ after: 1, answer: "error", code: "InternalFailure", status: 500 });

    const sender = await post(emulator, "elasticache", "Action=Nonsense&Version=2015-02-02");
    const receiver = await post(emulator, "elasticache", "Action=Nonsense&Version=2015-02-02");

    const id = sender.headers.get("x-amzn-requestid");
    expect(await sender.text()).toBe(
      '<ErrorResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><Error><Type>Sender</Type>' +
        "<Code>InvalidAction</Code><Message>Could not find operation Nonsense for version 2015-02-02</Message></Error>" +
        `<RequestId>${id}</RequestId></ErrorResponse>`,
    );
    expect(await receiver.text()).toContain("<Type>Receiver</Type><Code>InternalFailure</Code>");
  });

  test.each([
    ["an unknown action", "elasticache", "Action=constructor&Version=2015-02-02", "InvalidAction"],
    ["another version", "elasticache", "Action=DescribeCacheSecurityGroups&Version=2012-12-01", "InvalidAction"],
    ["no version", "elasticache", "Action=DescribeCacheSecurityGroups", "InvalidAction"],
    ["another service's action", "redshift", "Action=DescribeCacheSecurityGroups&Version=2012-12-01", "InvalidAction"],
    ["an unknown service", "sqs", "Action=ListQueues&Version=2012-11-05", "InvalidAction"],
    ["no action", "redshift", "", "MissingAction"],
    ["a missing parameter", "redshift", "Action=DeleteClusterSecurityGroup&Version=2012-12-01", "InvalidParameterValue"],
  ])("%s is refused", async (_case, service, form, code) => {
    await using emulator = await startEmulator();
    const answer = await post(emulator, service, form);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect(emulator.requests[0]).toMatchObject({ status: 400, code, applied: false });
  });

  test("a request without a signature or without a credential scope is refused", async () => {
    await using emulator = await startEmulator();
    const unsigned = await fetch(emulator.url, { method: "POST", body: "Action=DescribeCacheSecurityGroups" });
    const unscoped = await post(emulator, "elasticache", "Action=x", "AWS4-HMAC-SHA256 Credential=AKIA");

    expect([unsigned.status, unscoped.status]).toEqual([403, 400]);
    expect(await unsigned.text()).toContain("<Code>MissingAuthenticationToken</Code>");
    expect(await unscoped.text()).toContain("<Code>IncompleteSignature</Code>");
  });

  test("a GET without a signature opens a connection that the next request reuses", async () => {
    await using emulator = await startEmulator();
    emulator.fail({ answer: "error", code: "Throttling", status: 400 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const open = async () => {
      const request = get(emulator.url, { agent });
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      expect(answer.statusCode).toBe(403);
      await text(answer);
      return { id: answer.headers["x-amzn-requestid"], reused: request.reusedSocket };
    };

    const first = await open();
    await new Promise(setImmediate);
    const second = await open();

    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(first.id).not.toBe(second.id);
    agent.destroy();
  });

  test("https is served with the given certificate", async () => {
    const tls = selfSigned();
    await using emulator = await startEmulator({ tls });
    const client = elasticacheClient(emulator, { requestHandler: { httpsAgent: new TlsAgent({ ca: tls.cert }) } });

    expect(emulator.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await client.send(create);
    emulator.fail({ answer: "reset" });
    expect(await refusalOf(client.send(find))).toBe("TimeoutError - -");
    expect((await client.send(find)).CacheSecurityGroups).toHaveLength(1);
  });
});

describe("places", () => {
  test("each account and Region has its own resources", async () => {
    await using emulator = await startEmulator();
    await elasticacheClient(emulator).send(create);

    const elsewhere = (options: ClientOptions) => refusalOf(elasticacheClient(emulator, options).send(find));
    const notFound = "CacheSecurityGroupNotFoundFault CacheSecurityGroupNotFound 404";
    expect(await elsewhere({})).toBe("no error");
    expect(await elsewhere({ account: "210987654321" })).toBe(notFound);
    expect(await elsewhere({ region: "eu-west-2" })).toBe(notFound);
    expect(await elsewhere({ account: "AKIAIOSFODNN7EXAMPLE" })).toBe("no error");
  });

  test.each([
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
    ["us-east-1", "aws"],
  ])("in %s the partition is %s", async (region, partition) => {
    await using emulator = await startEmulator();
    const { CacheSecurityGroup } = await elasticacheClient(emulator, { region }).send(create);
    expect(CacheSecurityGroup?.ARN).toBe(`arn:${partition}:elasticache:${region}:123456789012:securitygroup:sessions`);
  });
});

describe("the request log", () => {
  test("every request is logged with its result", async () => {
    await using emulator = await startEmulator();
    const client = redshiftClient(emulator);
    const group = { ClusterSecurityGroupName: "Analytics" };
    await client.send(new CreateClusterSecurityGroupCommand({ ...group, Description: "a b&c" }));
    emulator.fail({ answer: "reset", applied: true });
    await refusalOf(client.send(new AuthorizeClusterSecurityGroupIngressCommand({ ...group, CIDRIP: "10.0.0.0/8" })));
    await refusalOf(client.send(new DescribeClusterSecurityGroupsCommand({ ClusterSecurityGroupName: "z" })));
    await fetch(emulator.url);

    const place = { account: "123456789012", region: "eu-west-1", service: "redshift" };
    expect(emulator.requests).toEqual([
      {
        ...place,
        action: "CreateClusterSecurityGroup",
        parameters: new Map([
          ["ClusterSecurityGroupName", "Analytics"],
          ["Description", "a b&c"],
        ]),
        status: 200,
        applied: true,
      },
      {
        ...place,
        action: "AuthorizeClusterSecurityGroupIngress",
        parameters: new Map([
          ["ClusterSecurityGroupName", "Analytics"],
          ["CIDRIP", "10.0.0.0/8"],
        ]),
        applied: true,
      },
      {
        ...place,
        action: "DescribeClusterSecurityGroups",
        parameters: new Map([["ClusterSecurityGroupName", "z"]]),
        status: 404,
        code: "ClusterSecurityGroupNotFound",
        applied: false,
      },
      {
        ...{ account: "", region: "", service: "", action: "", parameters: new Map() },
        ...{ status: 403, code: "MissingAuthenticationToken", applied: false },
      },
    ]);
  });
});
