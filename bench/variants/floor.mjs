// One revoke with nothing but Node: what an SDK's price is counted from. Never shipped.
import { isPermitted } from "./allow-list.mjs";

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL } = process.env;

export const handler = async (event) => {
  const { eventName, requestParameters: asked } = event.detail;
  const permitted = isPermitted(asked);
  if (!permitted) await send(...revokeOf(eventName, asked));
  console.log(JSON.stringify({ outcome: { result: permitted ? "permitted" : "revoked", eventName, asked } }));
};

function revokeOf(eventName, asked) {
  const Action = eventName.replace("Authorize", "Revoke");
  if (eventName !== "AuthorizeCacheSecurityGroupIngress") {
    const form = { Action, Version: "2012-12-01", ClusterSecurityGroupName: asked.clusterSecurityGroupName, CIDRIP: asked.cIDRIP };
    return ["redshift", form];
  }
  const form = {
    Action,
    Version: "2015-02-02",
    CacheSecurityGroupName: asked.cacheSecurityGroupName,
    EC2SecurityGroupName: asked.eC2SecurityGroupName,
    EC2SecurityGroupOwnerId: asked.eC2SecurityGroupOwnerId,
  };
  return ["elasticache", form];
}

function send(service, form) {
  // Not `import`: node:https would be loaded for a permitted event, too.
  const { request } = process.getBuiltinModule("node:https");
  const body = new URLSearchParams(form).toString();
  const headers = signed(service, new URL(AWS_ENDPOINT_URL).host, body);
  return new Promise((resolve, reject) => {
    const call = request(AWS_ENDPOINT_URL, { method: "POST", headers }, (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (answer += part));
      response.on("end", () => (response.statusCode === 200 ? resolve(answer) : reject(new Error(answer))));
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** The headers of a Query request, signed by AWS's Signature Version 4. */
function signed(service, host, body) {
  const { createHash, createHmac } = process.getBuiltinModule("node:crypto");
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/${service}/aws4_request`;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    host,
    "x-amz-date": time,
    "x-amz-security-token": AWS_SESSION_TOKEN,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n/\n\n${lines.join("")}\n${names}\n${hash(body)}`;
  const key = scope.split("/").reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString("hex");
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
