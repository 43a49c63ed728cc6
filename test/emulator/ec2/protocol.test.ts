import { DescribeSecurityGroupsCommand as DescribeGroups, DescribeSecurityGroupRulesCommand as DescribeRules } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { ec2Client, post, refusalOf } from "../clients.ts";

test("EC2's responses have no Result element, and its errors are in Errors", async () => {
  await using emulator = await startEmulator();
  const success = await post(emulator, "ec2", "Action=DescribeManagedPrefixLists&Version=2016-11-15");
  const refusal = await post(emulator, "ec2", "Action=DescribeSecurityGroups&GroupId.1=sg-01234567&Version=2016-11-15");

  const [first, second] = [success, refusal].map((answer) => answer.headers.get("x-amzn-requestid"));
  expect(await success.text()).toBe(
    `<DescribeManagedPrefixListsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${first}</requestId>` +
      "<prefixListSet/></DescribeManagedPrefixListsResponse>",
  );
  expect(await refusal.text()).toBe(
    "<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>The security group &#x27;sg-01234567&#x27; does not exist" +
      `</Message></Error></Errors><RequestID>${second}</RequestID></Response>`,
  );
});

test("a fault has the form of EC2's protocol", async () => {
  await using emulator = await startEmulator();
  const client = ec2Client(emulator);
  emulator.fail({ service: "ec2", answer: "error", code: "RequestLimitExceeded", status: 503 });
  emulator.fail({ action: "DescribeSecurityGroupRules", answer: "garbled", body: "truncated", status: 200 });

  expect(await refusalOf(client.send(new DescribeGroups({})))).toBe("RequestLimitExceeded RequestLimitExceeded 503");
  expect(await refusalOf(client.send(new DescribeRules({})))).toBe("Error - 200");
  expect(await refusalOf(client.send(new DescribeRules({})))).toBe("no error");
});
