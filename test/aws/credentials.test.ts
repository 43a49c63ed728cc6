import { DescribeClustersCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import { expect, test } from "vitest";
import { connect } from "#aws/connect.ts";
import type { ClientConfig, Service } from "#aws/send.ts";
import { startEmulator } from "#emulator/index.ts";
import { until } from "../support/authorizations.ts";
import { home, id } from "../support/grants.ts";

/** Redshift, with what its clients were made from. */
function recording(configs: ClientConfig[]): Service {
  return {
    name: "redshift",
    client(config) {
      configs.push(config);
      return new RedshiftClient(config);
    },
  };
}

test("each account has a client with its own credentials, a session token and credentials that expire included", async () => {
  await using emulator = await startEmulator();
  const configs: ClientConfig[] = [];
  const [own, other] = [home, { ...home, account: id("999988887777") }];
  let issued = 0;
  const aws = connect({
    endpoint: emulator.url,
    credentials: ({ account }) => {
      const session = { accessKeyId: account, secretAccessKey: "secret", sessionToken: `session of ${account}` };
      return account === own.account ? session : async () => ({ ...session, sessionToken: `session ${++issued} of ${account}` });
    },
  });

  for (const place of [own, other, own])
    await aws.sender(place, until(5_000))(recording(configs), new DescribeClustersCommand({}), "Clusters");
  aws.destroy();

  expect(configs).toMatchObject([
    { region: own.region, credentials: { sessionToken: `session of ${own.account}` } },
    { region: own.region },
  ]);
  expect(issued).toBeGreaterThan(0);
  expect(emulator.requests.map(({ account }) => account)).toEqual([own.account, other.account, own.account]);
});
