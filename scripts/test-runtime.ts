import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

/** Lambda's runtime interface emulator in the venv of .ci/run; the SAM CLI contains it. */
const wheel = `.venv/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-${process.arch === "x64" ? "x86_64" : process.arch}`;

const rie = process.env["RIE"] ?? globSync(wheel)[0];
if (rie === undefined) {
  console.error(
    "SKIPPED: Lambda's runtime interface emulator was not found. NOT CHECKED: the package in Lambda's runtime.\n" +
      "Install it with `python3 -m venv .venv && .venv/bin/pip install -r .ci/requirements.txt`, or set RIE to its path.",
  );
} else {
  const dist = process.env["DIST"] ?? "dist";
  if (dist === "dist") run("npm", ["run", "-s", "build"]);
  run("npx", ["vitest", "run", "--config", "test/release/runtime/vitest.config.ts"], { RIE: rie, DIST: dist });
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}
