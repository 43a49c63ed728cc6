import { once } from "node:events";
import { connect } from "node:net";
import { CreateCacheSecurityGroupCommand, DescribeCacheSecurityGroupsCommand } from "@aws-sdk/client-elasticache";
import { describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "#emulator/index.ts";
import { selfSigned } from "./certificate.ts";
import { elasticacheClient, refusalOf } from "./clients.ts";

const create = new CreateCacheSecurityGroupCommand({ CacheSecurityGroupName: "sessions", Description: "for tests" });
const find = new DescribeCacheSecurityGroupsCommand({ CacheSecurityGroupName: "sessions" });

describe("closing", () => {
  test.each<[string, (emulator: Emulator) => Promise<unknown>]>([
    ["an unanswered request", (emulator) => refusalOf(elasticacheClient(emulator).send(find))],
    [
      "20 unanswered requests",
      (emulator) => Promise.all(Array.from({ length: 20 }, () => refusalOf(elasticacheClient(emulator).send(find)))),
    ],
  ])("%s does not delay it", async (_case, ask) => {
    const emulator = await startEmulator();
    emulator.fail({ times: Number.POSITIVE_INFINITY, answer: "never" });
    const asked = ask(emulator);
    while (emulator.requests.length === 0) await new Promise(setImmediate);

    const before = performance.now();
    await emulator.close();

    expect(performance.now() - before).toBeLessThan(500);
    expect([await asked].flat()).toContain("TimeoutError - -");
  });

  test("a late response, an idle connection and an unfinished TLS handshake do not delay it", async () => {
    const plain = await startEmulator();
    const client = elasticacheClient(plain);
    await client.send(create);
    plain.fail({ answer: "late", ms: 60_000 });
    const asked = refusalOf(client.send(find));
    const secure = await startEmulator({ tls: selfSigned() });
    const socket = connect(Number(new URL(secure.url).port), "127.0.0.1");
    await once(socket, "connect");
    while (plain.requests.length < 2) await new Promise(setImmediate);

    const before = performance.now();
    await Promise.all([plain.close(), secure.close(), once(socket, "close")]);

    expect(performance.now() - before).toBeLessThan(500);
    expect(await asked).toBe("TimeoutError - -");
  });

  test("closing twice has no further effect, and the port can be used again", async () => {
    const emulator = await startEmulator();
    const port = Number(new URL(emulator.url).port);
    await emulator.close();
    await emulator.close();

    await using again = await startEmulator({ port });
    expect(again.url).toBe(emulator.url);
    await expect(startEmulator({ port })).rejects.toThrow("EADDRINUSE");
  });
});
