import { describe, expect, test } from "vitest";
import type { Misbehaviour } from "#emulator/index.ts";
import { cases } from "../support/authorizations.ts";
import { badInput, control, huge, invalid } from "./bad-input.ts";

describe.each(cases)("$eventName", (entry) => {
  const {
    key,
    sourceKeys,
    parameters,
    parametersOn,
    resourceParameters,
    permittedParameters,
    response,
    withDetail,
    deliver,
    expectRevoked,
    expectRefused,
  } = badInput(entry);
  const withParameters = (requestParameters: unknown) => withDetail({ requestParameters, responseElements: response });
  const cut = { ...resourceParameters, omitted: true };

  test.each([...invalid, undefined])(
    "if requestParameters is %j, the resource in the response is listed, or the event is an error",
    async (value) => {
      await expectRevoked(withParameters(value));
      await expectRefused(withDetail({ requestParameters: value }), /names no resource that can be read/);
    },
  );

  test.each([...invalid, undefined])(
    "if the resource name is %j, the resource in the response is listed, or the event is an error",
    async (name) => {
      await expectRevoked(withParameters({ ...parameters, [key]: name }));
      // A request for endpoint access can leave out the cluster: its grants are then found by the account.
      if (entry.eventName === "AuthorizeEndpointAccess" && !name && typeof name !== "number") return;
      await expectRefused(withDetail({ requestParameters: { ...parameters, [key]: name } }), /names no resource that can be read/);
    },
  );

  test.each([...invalid, undefined])("if a source has the value %j, the resource is listed", async (value) => {
    for (const field of sourceKeys) await expectRevoked(withParameters({ ...parameters, [field]: value }));
  });

  test.each([
    ...["0.0.0.0", "0.0.0.0/08", "000.0.0.0/0", "::ffff:0.0.0.0/96", "0/0", "0.0.0.0/0 ", "０.0.0.0/0"],
    ...["-".repeat(12), "99998888777", "9999888877776", "９９９９８８８８７７７７", " 999988887777"],
  ])("if a range or an owner is unreadable, the resource is listed: %j", async (text) => {
    for (const field of sourceKeys.filter((each) => !/GroupName$/.test(each)))
      await expectRevoked(withParameters({ ...parameters, [field]: text }));
  });

  test.each([{ omitted: true }, { dryRun: false }, { "\u202e": 1 }, { [huge]: 1 }, { EC2SECURITYGROUPOWNERID: "888877776666" }])(
    "if a permitted source is beside an unknown parameter or half of another source, the resource is listed",
    async (members) => {
      await expectRevoked(withDetail({ requestParameters: { ...permittedParameters, ...members } }));
    },
  );

  test("two keys that differ only in case are two sources, both evaluated, or two resource names, both ignored", async () => {
    const twice = Object.fromEntries(sourceKeys.map((each) => [each.toUpperCase(), parameters[each]]));
    await expectRevoked(withDetail({ requestParameters: { ...permittedParameters, ...twice } }));
    await expectRefused(withDetail({ requestParameters: { ...parameters, [key.toUpperCase()]: "other" } }), /names no resource/);
  });

  test("the same source twice is one grant", async () => {
    const twice = Object.fromEntries(Object.keys(parameters).map((each) => [each.toUpperCase(), parameters[each]]));
    const { results, calls } = await deliver(withDetail({ requestParameters: { ...parameters, ...twice } }));
    expect({ results: results.length, revoked: results.includes("revoked") }).toEqual({ results: calls === 1 ? 1 : 2, revoked: true });
  });

  test("a letter that only Unicode converts to lower case does not match another resource", async () => {
    // The Kelvin sign. The requests are not for "kitchen", which has the same grant.
    const error = await deliver(withDetail({ requestParameters: parametersOn("\u212aitchen") })).catch(String);
    expect(error).toContain("\u212aitchen");
  });

  test.each(["requestParameters", "detail", "responseElements"])("__proto__ keys in %s are ordinary keys", async (where) => {
    const planted = `"__proto__":{${JSON.stringify(key)}:"other","errorCode":"x","cIDRIP":"0.0.0.0/0"}`;
    const text = JSON.stringify(withDetail({ responseElements: response }));
    await expectRevoked(JSON.parse(text.replace(`"${where}":{`, `"${where}":{${planted},`)));
    expect({}).not.toHaveProperty("errorCode");
  });

  test.each<[string, Misbehaviour]>([
    ["returns an error", { answer: "error", code: "AccessDenied", status: 403, message: control }],
    [
      "lists an unreadable source",
      { answer: "rewritten", rewrite: (response) => response.replaceAll(/9{4}8{4}7{4}|198\.18/g, "&#x202e;&#x9b;") },
    ],
  ])("text from AWS is escaped when AWS %s", async (_case, misbehaviour) => {
    const { error } = await deliver(withParameters(cut), misbehaviour);
    expect(error).toBeDefined();
  });

  test("the text from AWS is escaped in a failed outcome", async () => {
    const { outcomes } = await deliver(withParameters(parameters), {
      answer: "error",
      code: `Denied${control}`,
      status: 403,
      message: control + huge,
    });
    expect(outcomes).toMatchObject([{ result: "failed", error: { attempts: 1, message: expect.stringContaining("\\u{202e}") } }]);
  });
});
