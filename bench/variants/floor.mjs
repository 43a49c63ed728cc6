// One revoke with Node.js alone: the baseline for the cost of an SDK. Never deployed.
import { isPermitted } from "./allow-list.mjs";

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL } = process.env;

export const handler = async (event) => {
  const { eventName, requestParameters: asked } = event.detail;
  const permitted = isPermitted(asked);
  if (!permitted) await revoke(eventName, asked);
  console.log(JSON.stringify({ outcome: { result: permitted ? "permitted" : "revoked", eventName, asked } }));
};

/** Sends the parameters of the recorded call, which CloudTrail writes with a small first letter, to the call that reverts it. */
function revoke(eventName, asked) {
  // Not `import`, which would load node:https for a permitted event as well.
  const { request } = process.getBuiltinModule("node:https");
  const [service, version] = eventName.includes("Cache") ? ["elasticache", "2015-02-02"] : ["redshift", "2012-12-01"];
  const form = { Action: eventName.replace("Authorize", "Revoke"), Version: version };
  for (const [name, value] of Object.entries(asked)) form[name[0].toUpperCase() + name.slice(1)] = value;
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

/** The headers of a request, with AWS Signature Version 4. */
function signed(service, host, body) {
  const { createHash, createHmac } = process.getBuiltinModule("node:crypto");
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/${service}/aws4_request`;
  const type = "application/x-www-form-urlencoded";
  const headers = { "content-type": type, host, "x-amz-date": time, "x-amz-security-token": AWS_SESSION_TOKEN };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n/\n\n${lines.join("")}\n${names}\n${hash(body)}`;
  const key = scope.split("/").reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}
