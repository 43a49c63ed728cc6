import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What became of a connection that was kept: gone, gone as soon as it is used, or dead without a word. */
export type Death = "reset" | "reset when used" | "silent";

/** A way to an endpoint whose connections can die. */
export interface Wire extends AsyncDisposable {
  /** For a client's `endpoint`, or AWS_ENDPOINT_URL. */
  readonly url: string;
  /** How many connections have been opened so far. */
  readonly opened: () => number;
  /** What happens to the connections that are open now; later ones are whole. */
  kill(death: Death): void;
}

/** Leads from a loopback port to the endpoint; without one, to nobody who answers. */
export async function startWire(endpoint?: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  const deaths = new WeakMap<Socket, Death>();
  let opened = 0;
  const server = createServer((near) => {
    opened++;
    sockets.add(near);
    near.on("error", () => {});
    near.once("close", () => sockets.delete(near));
    if (!endpoint) return;
    const { hostname, port } = new URL(endpoint);
    const far = connect(Number(port), hostname);
    far.on("error", () => near.destroy());
    far.pipe(near);
    near.on("data", (bytes) => {
      const death = deaths.get(near);
      if (death === "reset when used") near.resetAndDestroy();
      else if (!death) far.write(bytes);
    });
    near.once("close", () => far.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    opened: () => opened,
    kill(death) {
      for (const socket of sockets) {
        deaths.set(socket, death);
        if (death === "reset") socket.resetAndDestroy();
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
