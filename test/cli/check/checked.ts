import type { Ended } from "../../support/run.ts";
import type { Run } from "../shared-process.ts";
import { temporaryFiles } from "../temporary-files.ts";

/** A policy document without warnings, which tests add to. */
export const base: { readonly mode: string; readonly permit: readonly object[] } = {
  mode: "enforce",
  permit: [{ name: "own", owners: ["self"] }],
};

/** Gives the suite that calls it a way to check a policy document. */
export function checker(run: Run): (policy: object) => Promise<Ended> {
  const put = temporaryFiles();
  return async (policy) => run(["check", await put("checked.json", JSON.stringify(policy)), "--at", "2026-11-21"]);
}

/** The base policy with more statements. */
export function withMore(permit: readonly object[]): object {
  return { ...base, permit: [...base.permit, ...permit] };
}
