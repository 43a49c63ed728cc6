import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { selfSigned } from "../test/emulator/certificate.ts";

/** A stand-in for ElastiCache and Redshift that answers every revoke alike, so that only the caller is timed. It counts revokes. */
export type Stub = { readonly url: string; readonly certificate: string; revokes: number };

/** Serves https on loopback until this process ends: over http, the SDK would load modules that it does not load on AWS. */
export async function startStub(): Promise<Stub> {
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert }, async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get("Action");
    if (action?.startsWith("Revoke")) stub.revokes++;
    if (action) response.writeHead(200, { "content-type": "text/xml" }).end(answer(action, form));
    else response.writeHead(404).end(); // Priming opens the connection with a request that names no action.
  });
  server.keepAliveTimeout = 0;
  server.unref();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stub: Stub = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate: cert, revokes: 0 };
  return stub;
}

/** The group after the revoke, without any grant. */
function answer(action: string, form: URLSearchParams): string {
  const [service, kind] = action.includes("Cache") ? ["elasticache", "CacheSecurityGroup"] : ["redshift", "ClusterSecurityGroup"];
  const namespace = `http://${service}.amazonaws.com/doc/${form.get("Version")}/`;
  const group = `<${kind}><${kind}Name>${form.get(`${kind}Name`)}</${kind}Name><OwnerId>123456789012</OwnerId><EC2SecurityGroups/>
    <Description>bench</Description></${kind}>`;
  return `<${action}Response xmlns="${namespace}"><${action}Result>${group}</${action}Result>
    <ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></${action}Response>`;
}
