import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchable } from "#authorizations/index.ts";
import { type Emulator, type Misbehaviour, startEmulator } from "#emulator/index.ts";
import { sizeLimits, sizeOf } from "../../bench/size.ts";
import { buildLambda } from "../../scripts/build.ts";
import { selfSigned } from "../emulator/certificate.ts";
import { runNode } from "../support/run.ts";
import { permitsNobody } from "../support/scene.ts";

const inCache = "events/AuthorizeCacheSecurityGroupIngress/violating-foreign-owner.json";
const inCluster = "events/AuthorizeClusterSecurityGroupIngress/violating-open-range.json";
const inGroup = "events/AuthorizeSecurityGroupIngress/violating-open-range.json";
const tls = selfSigned();
let folder: string;
let dist: string;
let built: Awaited<ReturnType<typeof buildLambda>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingress-warden-bundle-"));
  dist = join(folder, "dist");
  await writeFile(join(folder, "policy.json"), JSON.stringify(permitsNobody));
  await writeFile(join(folder, "ca.pem"), tls.cert);
  built = await buildLambda(dist, join(folder, "policy.json"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What one process of the function did. */
interface Run {
  readonly answers: readonly unknown[];
  /** The files that it loaded, and the modules of Node.js. */
  readonly files: readonly string[];
  readonly builtins: readonly string[];
}

/** Runs a function in its own process, as Lambda does, and invokes it with each event. */
async function run(
  file: string,
  emulator: Emulator,
  events: readonly string[],
  WATCH: string,
  POLICY_FILE: string = join(folder, "policy.json"),
): Promise<Run> {
  const script = `
    import { registerHooks } from "node:module";
    const files = [];
    registerHooks({ load: (url, context, next) => (url.startsWith("file:") && files.push(url), next(url, context)) });
    const { handler } = await import(${JSON.stringify(file)});
    const answers = [];
    for (const event of JSON.parse(process.argv[1]))
      answers.push(await handler(event).then(({ outcomes }) => outcomes, ({ message, outcomes }) => ({ message, outcomes })));
    process.stderr.write(JSON.stringify({ answers, files, builtins: process.moduleLoadList }));`;
  const env = {
    WATCH,
    POLICY_FILE,
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "123456789012",
    AWS_SECRET_ACCESS_KEY: "x",
    NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
    POWERTOOLS_LOG_LEVEL: "SILENT",
  };
  const sent = JSON.stringify(await Promise.all(events.map(async (each) => JSON.parse(await readFile(each, "utf8")))));
  const { stderr } = await runNode(["--input-type=module", "-e", script, sent], { env });
  return JSON.parse(stderr.slice(stderr.indexOf("{")));
}

describe("what is deployed", () => {
  test(`is at most ${sizeLimits.raw} bytes, and ${sizeLimits.zipped} zipped, for all services together`, () => {
    const { raw, zipped } = sizeOf(dist);
    expect(raw).toBeLessThanOrEqual(sizeLimits.raw);
    expect(zipped).toBeLessThanOrEqual(sizeLimits.zipped);
    expect(zipped).toBeGreaterThan(raw / 10); // The formula counts the files.
  });

  test("contains no credential provider but the environment's, and no HTTP client but that of Node.js", () => {
    const foreign = /credential-provider-|token-providers|nested-clients|client-s(so|ts|ignin)|fetch-http-handler|undici|node-http2/;
    const packed = Object.values(built.metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
    );
    expect(packed.filter((path) => foreign.test(path))).toEqual([]);
    expect(packed).toContain("src/lambda/credentials.ts");
  });
});

// The clients of each function, and the most bytes that it may load: another service's authorization must not make it slower.
describe.concurrent.each<[service: string, bytes: number, event: string, clients: readonly string[]]>([
  ["elasticache", sizeLimits.loaded.elasticache, inCache, ["elasticache"]],
  ["redshift", sizeLimits.loaded.redshift, inCluster, ["redshift"]],
  ["ec2", sizeLimits.loaded.ec2, inGroup, ["ec2", "elasticache", "redshift", "redshift-serverless"]],
])("the function of %s", (service, bytes, event, clients) => {
  test(`loads only its own clients and at most ${bytes} bytes, and neither undici nor http2`, async () => {
    await using emulator = await startEmulator({ createMissing: true, tls });

    const { answers, files, builtins } = await run(join(dist, "lambda.mjs"), emulator, [event], service);

    expect(answers).toEqual([[expect.objectContaining({ result: expect.stringMatching(/^(alreadyGone|outOfScope)$/) })]]);
    const loaded = files.filter((file) => file.includes("/dist/")).map((file) => basename(file));
    const outputs = Object.entries(built.metafile.outputs).filter(([path]) => loaded.includes(basename(path)));
    expect(outputs).toHaveLength(loaded.length);
    expect(outputs.reduce((sum, [, output]) => sum + output.bytes, 0)).toBeLessThanOrEqual(bytes);
    const inputs = outputs.flatMap(([, output]) => Object.keys(output.inputs));
    expect([...new Set(inputs.flatMap((path) => /@aws-sdk\/client-([^/]+)/.exec(path)?.[1] ?? []))].sort()).toEqual(clients);
    expect(builtins.filter((name) => /undici|http2/.test(name))).toEqual([]);
    expect(watchable).toContain(service);
  });
});

/** Copies what was built, with another text in policy.sha256, or without that file. */
async function copyWith(name: string, sha256: string | undefined): Promise<string> {
  const copy = join(folder, name);
  await cp(dist, copy, { recursive: true });
  if (sha256 === undefined) await rm(join(copy, "policy.sha256"));
  else await writeFile(join(copy, "policy.sha256"), sha256);
  return copy;
}

test("a policy that was checked when it was packed is not checked again; any other policy loads the checks and is checked", async () => {
  await using emulator = await startEmulator({ createMissing: true });
  const [valid, other, invalid] = [
    JSON.stringify(permitsNobody),
    JSON.stringify(permitsNobody, null, 2),
    '{ "mode": "enforce", "permit": [] }',
  ] as const;
  const start = async (of: string, text: string) => {
    const file = join(await mkdtemp(join(folder, "policy-")), "policy.json");
    await writeFile(file, text);
    const { answers, files } = await run(join(of, "lambda.mjs"), emulator, [inCache], "elasticache", file);
    return { answers, isChecked: files.some((each) => basename(each).startsWith("parse")) };
  };
  const unhashed = await copyWith("unhashed", undefined);
  const otherwise = await copyWith("otherwise", `${"0".repeat(64)}  policy.json\n`);
  const gone = [[expect.objectContaining({ result: "alreadyGone" })]];
  const refused = [{ message: expect.stringContaining("policy.json:1:32: []: is empty") }];

  expect(await Promise.all([start(dist, valid), start(dist, other), start(dist, invalid)])).toEqual([
    { answers: gone, isChecked: false },
    { answers: gone, isChecked: true },
    { answers: refused, isChecked: true },
  ]);
  expect(await Promise.all([start(unhashed, valid), start(otherwise, valid), start(otherwise, invalid)])).toEqual([
    { answers: gone, isChecked: true },
    { answers: gone, isChecked: true },
    { answers: refused, isChecked: true },
  ]);
});

test("the hash of the policy is as sha256sum prints it", async () => {
  const sha256 = createHash("sha256").update(JSON.stringify(permitsNobody)).digest("hex");

  expect(await readFile(join(dist, "policy.sha256"), "utf8")).toBe(`${sha256}  policy.json\n`);
});

describe.concurrent("an error from AWS", () => {
  const error = (code: string, status: number): Misbehaviour => ({ answer: "error", code, status });

  test.each<[string, string, Misbehaviour & { service?: string; action?: string }]>([
    ["elasticache", inCache, error("AccessDenied", 403)],
    ["elasticache", inCache, error("AuthorizationNotFound", 404)],
    ["redshift", inCluster, error("ClusterSecurityGroupNotFound", 404)],
    ["redshift", inCluster, { answer: "garbled", body: "html", status: 403 }],
    ["ec2", inGroup, { ...error("UnauthorizedOperation", 403), service: "ec2" }],
    ["ec2", inGroup, { ...error("AccessDeniedException", 403), action: "ListWorkgroups" }],
    ["ec2", inGroup, { ...error("ThrottlingException", 400), action: "ListWorkgroups" }],
  ])("has the same outcome in the bundle of %s as in the source: %s %j", async (service, event, fault) => {
    const [bundled, source] = await Promise.all(
      [join(dist, "lambda.mjs"), resolve("src/lambda/index.ts")].map(async (file) => {
        await using emulator = await startEmulator({ createMissing: true });
        emulator.fail(fault);
        const { answers } = await run(file, emulator, [event], service);
        const timeless = JSON.stringify(answers).replace(/"elapsedMs":\d+|"requestId":"[-\w]+"/g, "");
        return { answers: timeless, actions: emulator.requests.flatMap(({ action }) => action || []).sort() };
      }),
    );
    expect(bundled).toEqual(source);
    expect(bundled?.actions).not.toEqual([]);
  });
});
