import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { selfSigned } from "../test/emulator/certificate.ts";

/** ElastiCache and Redshift as far as one revoke needs them: always the same answer, so that all that is timed is the caller. */
interface Stub {
  readonly url: string;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  /** How many revokes there were since this was last asked. */
  takeRevokes(): number;
  close(): void;
}

/** Serves https on loopback with a certificate made in the given folder: over http, the SDK would load what it never does on AWS. */
export async function startStub(folder: string): Promise<Stub> {
  const { key, cert } = selfSigned();
  const certificate = join(folder, "certificate.pem");
  writeFileSync(certificate, cert);
  let revokes = 0;

  const server = createServer({ key, cert }, async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get("Action");
    if (action?.startsWith("Revoke")) revokes++;
    if (action) response.writeHead(200, { "content-type": "text/xml" }).end(answer(action, form));
    else response.writeHead(404).end(); // Whoever opens the connection beforehand asks for nothing.
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stub has no port");

  return {
    url: `https://127.0.0.1:${address.port}`,
    certificate,
    takeRevokes() {
      const taken = revokes;
      revokes = 0;
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The group after the revoke, with nobody let in. */
function answer(action: string, form: URLSearchParams): string {
  const [namespace, kind] = action.includes("Cache")
    ? ["http://elasticache.amazonaws.com/doc/2015-02-02/", "CacheSecurityGroup"]
    : ["http://redshift.amazonaws.com/doc/2012-12-01/", "ClusterSecurityGroup"];
  const group = `<${kind}><${kind}Name>${form.get(`${kind}Name`)}</${kind}Name><OwnerId>123456789012</OwnerId><EC2SecurityGroups/>
    <Description>bench</Description></${kind}>`;
  return `<${action}Response xmlns="${namespace}"><${action}Result>${group}</${action}Result>
    <ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></${action}Response>`;
}
