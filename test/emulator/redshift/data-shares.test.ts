import {
  AssociateDataShareConsumerCommand as Associate,
  AuthorizeDataShareCommand as Authorize,
  DeauthorizeDataShareCommand as Deauthorize,
  DescribeDataSharesCommand as Describe,
  type DescribeDataSharesForProducerCommandInput,
  DescribeDataSharesForProducerCommand as DescribeForProducer,
  paginateDescribeDataShares,
  type RedshiftClient,
} from "@aws-sdk/client-redshift";
import { describe, expect, test } from "vitest";
import { startEmulator } from "#emulator/index.ts";
import { redshiftClient, refusalOf } from "../clients.ts";

const namespace = "arn:aws:redshift:eu-west-1:123456789012:namespace:86b5169f-01dc-4a6f-9fbb-e2e24359e9a8";
const shareOf = (name: string) => `${namespace.replace("namespace", "datashare")}/${name}`;
const DataShareArn = shareOf("sales");
const ConsumerIdentifier = "210987654321";
const grant = { DataShareArn, ConsumerIdentifier };
const invalid = "InvalidDataShareFault InvalidDataShareFault 400";

async function associations(client: RedshiftClient) {
  const { DataShares = [] } = await client.send(new Describe({ DataShareArn }));
  return DataShares[0]?.DataShareAssociations?.map((one) => [one.ConsumerIdentifier, one.Status]);
}

describe("the status of a datashare", () => {
  test("it is pending after GRANT, then authorized, active and deauthorized", async () => {
    await using emulator = await startEmulator();
    emulator.createDataShare({ dataShareArn: DataShareArn, consumers: [ConsumerIdentifier] });
    const [producer, consumer] = [redshiftClient(emulator), redshiftClient(emulator, { account: ConsumerIdentifier })];

    expect(await associations(producer)).toEqual([[ConsumerIdentifier, "PENDING_AUTHORIZATION"]]);
    expect(await refusalOf(associations(consumer))).toBe(invalid);
    const answer = await producer.send(new Authorize(grant));
    expect(answer).toMatchObject({ DataShareArn, ProducerArn: namespace, AllowPubliclyAccessibleConsumers: false });
    expect(answer.DataShareAssociations).toMatchObject([{ ConsumerIdentifier, Status: "AUTHORIZED", ProducerAllowedWrites: false }]);
    expect(await associations(consumer)).toEqual([[ConsumerIdentifier, "AVAILABLE"]]);
    await consumer.send(new Associate({ DataShareArn, AssociateEntireAccount: true }));
    expect(await associations(producer)).toEqual([[ConsumerIdentifier, "ACTIVE"]]);
    await producer.send(new Deauthorize(grant));
    expect(await associations(producer)).toEqual([[ConsumerIdentifier, "DEAUTHORIZED"]]);
    expect(await refusalOf(consumer.send(new Associate({ DataShareArn, AssociateEntireAccount: true })))).toBe(invalid);
    expect(await refusalOf(producer.send(new Deauthorize(grant)))).toBe(invalid);
    expect(await refusalOf(producer.send(new Authorize(grant)))).toBe("no error");
  });

  test.each(["ADX", "DataCatalog/210987654321"])("%s can be a consumer", async (consumer) => {
    await using emulator = await startEmulator();
    emulator.createDataShare({ dataShareArn: DataShareArn, allowPubliclyAccessibleConsumers: true });
    const client = redshiftClient(emulator);
    await client.send(new Authorize({ DataShareArn, ConsumerIdentifier: consumer }));
    expect(await associations(client)).toEqual([[consumer, "AUTHORIZED"]]);
  });

  test("a namespace of the producer's account is active without an authorization, and stays so", async () => {
    await using emulator = await startEmulator();
    const own = namespace.replace("86b5", "0000");
    emulator.createDataShare({ dataShareArn: DataShareArn, consumers: [own] });
    const client = redshiftClient(emulator);
    expect(await associations(client)).toEqual([[own, "ACTIVE"]]);
    expect(await refusalOf(client.send(new Deauthorize({ DataShareArn, ConsumerIdentifier: "123456789012" })))).toBe(invalid);
    await client.send(new Authorize({ DataShareArn, ConsumerIdentifier: "123456789012" }));
    await client.send(new Deauthorize({ DataShareArn, ConsumerIdentifier: "123456789012" }));
    expect(await associations(client)).toEqual([
      [own, "ACTIVE"],
      ["123456789012", "DEAUTHORIZED"],
    ]);
  });

  test.each([
    [ConsumerIdentifier, "arn:aws:redshift:eu-west-1:210987654321:namespace:86b5169f-01dc-4a6f-9fbb-e2e24359e9a8"],
    [ConsumerIdentifier, "arn:aws:redshift-serverless:eu-west-1:210987654321:namespace/86b5169f-01dc-4a6f-9fbb-e2e24359e9a8"],
    [`DataCatalog/${ConsumerIdentifier}`, "arn:aws:glue:eu-west-1:210987654321:catalog"],
  ])("%s can associate %s, which is then listed by its ARN until the consumer is deauthorized", async (authorized, ConsumerArn) => {
    await using emulator = await startEmulator();
    emulator.createDataShare({ dataShareArn: DataShareArn });
    const [producer, consumer] = [redshiftClient(emulator), redshiftClient(emulator, { account: ConsumerIdentifier })];
    await producer.send(new Authorize({ DataShareArn, ConsumerIdentifier: authorized }));
    await consumer.send(new Associate({ DataShareArn, ConsumerArn }));
    expect(await associations(producer)).toEqual([
      [authorized, "AUTHORIZED"],
      [ConsumerArn, "ACTIVE"],
    ]);
    expect(await associations(consumer)).toHaveLength(2);
    const foreign = new Associate({ DataShareArn, ConsumerArn: ConsumerArn.replace(ConsumerIdentifier, "999988887777") });
    expect(await refusalOf(consumer.send(foreign))).toBe(invalid);
    await producer.send(new Deauthorize({ DataShareArn, ConsumerIdentifier: authorized }));
    expect((await associations(producer))?.map(([, status]) => status)).toEqual(["DEAUTHORIZED", "DEAUTHORIZED"]);
  });

  test("a second authorization must change AllowWrites", async () => {
    await using emulator = await startEmulator();
    emulator.createDataShare({ dataShareArn: DataShareArn });
    const client = redshiftClient(emulator);
    await client.send(new Authorize(grant));
    expect(await refusalOf(client.send(new Authorize(grant)))).toBe(invalid);
    const { DataShareAssociations } = await client.send(new Authorize({ ...grant, AllowWrites: true }));
    expect(DataShareAssociations).toMatchObject([{ Status: "AUTHORIZED", ProducerAllowedWrites: true }]);
  });

  test("every invalid request fails with InvalidDataShareFault", async () => {
    await using emulator = await startEmulator();
    emulator.createDataShare({ dataShareArn: DataShareArn, consumers: [ConsumerIdentifier] });
    const client = redshiftClient(emulator);
    for (const wrong of [
      { DataShareArn: shareOf("gone") },
      { DataShareArn: namespace },
      { DataShareArn: DataShareArn.replace("123456789012", ConsumerIdentifier) },
      { ConsumerIdentifier: "everyone" },
    ]) {
      expect(await refusalOf(client.send(new Authorize({ ...grant, ...wrong })))).toBe(invalid);
      expect(await refusalOf(client.send(new Deauthorize({ ...grant, ...wrong })))).toBe(invalid);
    }
    expect(await refusalOf(client.send(new Deauthorize(grant)))).toBe(invalid);
    expect(await refusalOf(client.send(new Describe({ DataShareArn: shareOf("gone") })))).toBe(invalid);
    expect(() => emulator.createDataShare({ dataShareArn: namespace })).toThrow("not the ARN of a datashare");
  });

  test("with createMissing, an unknown datashare of the own namespace is created", async () => {
    await using emulator = await startEmulator({ createMissing: true });
    const client = redshiftClient(emulator);
    await client.send(new Authorize(grant));
    expect(await associations(client)).toEqual([[ConsumerIdentifier, "AUTHORIZED"]]);
    const foreign = { ...grant, DataShareArn: DataShareArn.replace("123456789012", ConsumerIdentifier) };
    expect(await refusalOf(client.send(new Authorize(foreign)))).toBe(invalid);
  });
});

test("datashares are listed in pages, and those of a producer separately", async () => {
  await using emulator = await startEmulator({ pageSize: 2 });
  const client = redshiftClient(emulator);
  for (const name of ["b", "c", "a"]) emulator.createDataShare({ dataShareArn: shareOf(name) });
  const foreign = shareOf("foreign").replace("123456789012", ConsumerIdentifier);
  emulator.createDataShare({ dataShareArn: foreign });
  const inbound = new Authorize({ DataShareArn: foreign, ConsumerIdentifier: "123456789012" });
  await redshiftClient(emulator, { account: ConsumerIdentifier }).send(inbound);
  await client.send(new Authorize({ ...grant, DataShareArn: shareOf("b") }));

  const pages: unknown[] = [];
  for await (const { DataShares = [] } of paginateDescribeDataShares({ client }, {})) pages.push(DataShares.length);
  const produced = async (input: DescribeDataSharesForProducerCommandInput) => {
    const { DataShares = [] } = await client.send(new DescribeForProducer(input));
    return DataShares.map((one) => one.DataShareArn?.split("/")[1]);
  };

  expect(pages).toEqual([2, 2]);
  expect(await produced({ ProducerArn: namespace })).toEqual(["a", "b"]);
  expect(await produced({ Status: "AUTHORIZED" })).toEqual(["b"]);
  expect(await produced({ ProducerArn: namespace.replace("86b5", "0000") })).toEqual([]);
});
