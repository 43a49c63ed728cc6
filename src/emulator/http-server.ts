import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";

/** A server that listens on loopback. */
interface LoopbackServer {
  readonly port: number | undefined;
  /** Destroys every connection, and resolves when the server is closed. A second call does nothing. */
  close(): Promise<void>;
}

/** Starts to listen on 127.0.0.1; over https if there is a certificate. Throws if the port is in use. */
export async function listen(
  listener: RequestListener,
  port: number,
  tls: { readonly key: string; readonly cert: string } | undefined,
): Promise<LoopbackServer> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // AWS keeps idle connections open for longer than Node's five seconds. Without this, a test could get a reset that it did not script.
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();

  return {
    port: typeof address === "object" ? address?.port : port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
