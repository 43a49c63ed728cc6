import { dirname } from "node:path";
import { vocabulary } from "#authorizations/index.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { readPolicy } from "#policy/file.ts";
import { type Command, textFlag } from "../command.ts";
import { colours, paint } from "../paint.ts";
import { timeOf } from "../policy-flags.ts";
import type { Sandbox } from "../replay/sandbox.ts";
import type { Case } from "./case.ts";
import { type Judged, judgeCase } from "./judge.ts";
import { caseFilesAt, policyBeside, readCases } from "./read.ts";

/** Runs the cases and prints how each ended. Returns the exit code: 1 when a case failed. Throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals: [path = ".", ...others] }) => {
  if (others.length > 0) throw new UsageError("test takes one file or folder");
  let started: Promise<Sandbox> | undefined;
  const sandbox = () => (started ??= import("../replay/sandbox.ts").then(({ startSandbox }) => startSandbox()));
  const counts = { passed: 0, failed: 0 };
  try {
    for (const file of await caseFilesAt(path)) {
      const policyPath = textFlag(flags, "policy") ?? policyBeside(file);
      const policy = await readPolicy(policyPath, vocabulary);
      process.stdout.write(`${paint("bold", printable(file))}  policy ${printable(policyPath)}\n`);
      for (const each of await readCases(file)) {
        const at = timeOf(each.at === undefined ? flags : { at: each.at });
        const judged = await judgeCase(each, policy, at, dirname(file), sandbox).catch((error: unknown) => {
          if (!(error instanceof UsageError)) throw error;
          throw new UsageError(`${printable(file)}: case ${shown(each.name)}: ${error.message}`, { cause: error });
        });
        const isPassed = fits(each, judged);
        counts[isPassed ? "passed" : "failed"]++;
        process.stdout.write(`${linesOf(each, judged, isPassed).join("\n")}\n`);
      }
    }
  } finally {
    await (await started)?.close();
  }
  const failed = counts.failed > 0 ? paint(colours.failed, `${counts.failed} failed`) : "0 failed";
  process.stdout.write(`\n${counts.passed} passed, ${failed}\n`);
  return counts.failed > 0 ? 1 : 0;
};

function fits({ expect, statement }: Case, { decision }: Judged): boolean {
  const isNamed = statement === undefined || (decision.verdict === "permitted" && decision.statements.includes(statement));
  return decision.verdict === expect && isNamed;
}

/** Returns the lines of a case: its name, and for a failure what was expected, what came, and why. */
function linesOf({ name, expect, statement }: Case, { decision, nearest }: Judged, isPassed: boolean): readonly string[] {
  if (isPassed) return [`  ${paint(colours.permitted, "ok  ")}  ${printable(name, 200)}`];
  const by = decision.verdict === "permitted" ? ` by ${decision.statements.join(", ")}` : "";
  return [
    `  ${paint(colours.failed, "FAIL")}  ${printable(name, 200)}`,
    `        expected  ${expect}${statement === undefined ? "" : ` by ${printable(statement)}`}`,
    `        got       ${decision.verdict}${by}`,
    ...(decision.verdict === "permitted" ? [] : [`        because   ${decision.reason}`]),
    ...(nearest ? [`        nearest   ${shown(nearest, 1024)}`] : []),
  ];
}
