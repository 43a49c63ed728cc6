import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const sources = globSync("src/**/*.ts");
const linesOf = (file: string) => readFileSync(file, "utf8").split("\n").length - 1;

test("no source file has more than 200 lines, and the pipeline has at most 90", () => {
  expect(sources.filter((file) => linesOf(file) > 200)).toEqual([]);
  expect(linesOf("src/pipeline.ts")).toBeLessThanOrEqual(90);
});

test("src has at most six files outside its folders", () => {
  expect(readdirSync("src").filter((name) => name.endsWith(".ts")).length).toBeLessThanOrEqual(6);
});

test("only entrances and the emulator, which is another machine, read the machine's clock", () => {
  const reading = sources.filter((file) => /Date\.now|new Date\(\)|performance\.now/.test(readFileSync(file, "utf8")));
  expect(reading.filter((file) => !/^src\/(lambda|cli|emulator)\//.test(file))).toEqual([]);
});

/** For each room, imports that the lint rule must refuse, and imports that it must accept. */
const rooms: Readonly<Record<string, { readonly refused: readonly string[]; readonly accepted: readonly string[] }>> = {
  "src/domain/planted.ts": {
    refused: ["node:fs", "zod/mini", "#policy/schema.ts", "../policy/schema.ts", "../domain/../pipeline.ts"],
    accepted: ["./grant.ts"],
  },
  "src/policy/planted.ts": {
    refused: ["#aws/send.ts", "#pipeline.ts", "../pipeline.ts", "../aws/send.ts", "@aws-sdk/client-ec2", "node:http"],
    accepted: ["#domain/grant.ts", "./schema.ts", "zod/mini"],
  },
  "src/cloudtrail/planted.ts": {
    refused: ["#aws/send.ts", "#policy/schema.ts", "#authorizations/index.ts", "../pipeline.ts"],
    accepted: ["#domain/grant.ts", "node:fs/promises", "./fields.ts"],
  },
  "src/trail/planted.ts": {
    refused: ["#aws/send.ts", "#policy/schema.ts", "#authorizations/index.ts", "#cli/replay/run.ts", "../pipeline.ts"],
    accepted: ["#domain/text.ts", "#cloudtrail/fields.ts", "node:zlib", "./walk.ts"],
  },
  "src/aws/planted.ts": {
    refused: ["#cloudtrail/record.ts", "#policy/file.ts", "#authorizations/index.ts", "../pipeline.ts", "node:fs"],
    accepted: ["#domain/place.ts", "@aws-sdk/client-ec2", "./send.ts"],
  },
  "src/authorizations/planted.ts": {
    refused: ["./authorize-data-share.ts", "./vpc-rule/rules.ts", "./index.ts", "#policy/file.ts", "#pipeline.ts", "../pipeline.ts"],
    accepted: ["./authorization.ts", "./resource-event.ts", "#aws/send.ts", "#cloudtrail/fields.ts", "@aws-sdk/client-redshift"],
  },
  "src/authorizations/vpc-rule/planted.ts": {
    refused: ["../authorize-data-share.ts", "../index.ts", "../../pipeline.ts", "#pipeline.ts", "#guards/index.ts"],
    accepted: ["./rules.ts", "../event.ts", "#aws/ec2.ts"],
  },
  "src/outcome/planted.ts": {
    refused: ["#aws/send.ts", "#guards/index.ts", "#policy/file.ts", "../revoke/index.ts"],
    accepted: ["#domain/grant.ts", "#policy/schema.ts", "#cloudtrail/record.ts"],
  },
  "src/inventory/planted.ts": {
    refused: ["#policy/file.ts", "#guards/index.ts", "#pipeline.ts", "node:fs", "#outcome/outcome.ts"],
    accepted: ["#domain/grant.ts", "#authorizations/index.ts", "#aws/reads.ts", "./line.ts"],
  },
  "src/sweep/planted.ts": {
    refused: ["#aws/send.ts", "#inventory/list.ts", "#revoke/index.ts", "#cli/sweep/plan.ts", "node:fs"],
    accepted: ["#domain/decide.ts", "#guards/index.ts", "#inventory/line.ts"],
  },
  "src/learn/planted.ts": {
    refused: ["#aws/send.ts", "#inventory/line.ts", "#policy/file.ts", "#authorizations/index.ts", "#cli/learn/run.ts", "node:fs"],
    accepted: ["#domain/range-set.ts", "#policy/schema.ts", "#policy/checks.ts", "./pair.ts"],
  },
  "src/guards/planted.ts": {
    refused: [
      "#authorizations/index.ts",
      "#policy/file.ts",
      "#pipeline.ts",
      "#revoke/index.ts",
      "@aws-sdk/client-ec2",
      "../revoke/index.ts",
    ],
    accepted: ["#domain/grant.ts", "#outcome/outcome.ts", "./guard.ts"],
  },
  "src/revoke/planted.ts": {
    refused: ["#authorizations/index.ts", "#policy/file.ts", "#pipeline.ts", "#guards/index.ts", "@aws-sdk/client-ec2", "../violations.ts"],
    accepted: ["./one.ts", "#domain/grant.ts", "#outcome/undo.ts", "#aws/send.ts", "#authorizations/authorization.ts"],
  },
  "src/planted.ts": {
    refused: ["#lambda/index.ts", "#cli/index.ts", "#cli/replay/run.ts", "#emulator/index.ts", "#emulator/ec2/vpcs.ts", "./violations.ts"],
    accepted: ["#guards/index.ts", "#domain/grant.ts", "#revoke/index.ts"],
  },
  "src/lambda/planted.ts": {
    refused: ["#cli/index.ts", "#cli/replay/run.ts", "#emulator/index.ts", "../pipeline.ts"],
    accepted: ["#pipeline.ts", "./metrics.ts"],
  },
  "src/cli/planted.ts": {
    refused: ["#lambda/index.ts", "#emulator/index.ts", "../../scripts/build.ts"],
    accepted: ["./replay/index.ts", "#policy/file.ts"],
  },
  "src/cli/check/planted.ts": {
    refused: ["#lambda/index.ts", "#emulator/index.ts", "#emulator/ec2/vpcs.ts"],
    accepted: ["../command.ts"],
  },
  "src/cli/replay/planted.ts": {
    refused: ["#lambda/metrics.ts", "../../lambda/metrics.ts"],
    accepted: ["#emulator/index.ts", "../command.ts"],
  },
  "src/emulator/planted.ts": {
    refused: ["#pipeline.ts", "#domain/grant.ts", "../pipeline.ts", "zod/mini", "@aws-sdk/client-ec2"],
    accepted: ["./state.ts", "./ec2/vpcs.ts", "node:http"],
  },
  "src/emulator/ec2/planted.ts": {
    refused: ["#pipeline.ts", "../../pipeline.ts", "../../domain/grant.ts", "zod/mini"],
    accepted: ["../state.ts", "../wire/request.ts", "./vpcs.ts", "node:http"],
  },
};

describe("the lint rule for imports", () => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "ingress-warden-rooms-")));
  let found: readonly string[];
  const plant = (file: string, text: string) => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  };

  beforeAll(() => {
    const { vcs: _, ...config } = JSON.parse(readFileSync("biome.json", "utf8"));
    writeFileSync(join(project, "biome.json"), JSON.stringify(config));
    cpSync("scripts/no-randomness.grit", join(project, "scripts/no-randomness.grit"));
    writeFileSync(join(project, "package.json"), readFileSync("package.json"));
    for (const [file, { refused, accepted }] of Object.entries(rooms))
      plant(file, [...refused, ...accepted].map((each) => `import ${JSON.stringify(each)};\n`).join(""));
    plant("src/guards/circle.ts", 'import { b } from "#outcome/circle.ts";\nexport const a: number = b;\n');
    plant("src/outcome/circle.ts", 'import { a } from "#guards/circle.ts";\nexport const b: number = a;\n');
    const { stdout } = spawnSync(resolve("node_modules/.bin/biome"), ["lint", "--reporter=github", "--max-diagnostics=none", "src"], {
      cwd: project,
      encoding: "utf8",
    });
    found = stdout.replaceAll(`${project}/`, "").split("\n");
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test("has planted mistakes for every folder of src", () => {
    const planted = Object.keys(rooms).map(dirname);
    const folders = new Set(sources.map((file) => dirname(file).split("/").slice(0, 2).join("/")));
    expect([...folders].filter((folder) => !planted.includes(folder))).toEqual([]);
  });

  test.each(Object.entries(rooms))("finds exactly the planted mistakes in %s", (file, { refused, accepted }) => {
    const lines = found.flatMap((line) => {
      const [, name, number] = /noRestrictedImports,file=([^,]+),line=(\d+)/.exec(line) ?? [];
      return name === file ? Number(number) : [];
    });
    expect([...refused, ...accepted].filter((_, index) => lines.includes(index + 1))).toEqual(refused);
  });

  test("finds a circle of imports between rooms", () => {
    const circles = found.flatMap((line) => /noImportCycles,file=([^,]+)/.exec(line)?.[1] ?? []);
    expect(circles.sort()).toEqual(["src/guards/circle.ts", "src/outcome/circle.ts"]);
  });
});
