import { shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { type Command, type Flags, textFlag } from "../command.ts";
import { apply } from "./apply.ts";
import { judgeAll } from "./judge-all.ts";
import { show } from "./show.ts";

/** The flags that each form of the command takes. */
const forms = {
  apply: ["apply", "approve", "max", "policy", "role", "external-id", "json"],
  show: ["show"],
  sweep: ["policy", "accounts", "regions", "role", "external-id", "concurrency", "inventory", "out", "json"],
} as const;

/** Sweeps, or shows or applies a plan. Returns the exit code. Throws a UsageError. */
export const run: Command["run"] = async ({ flags, positionals }) => {
  if (positionals.length > 0) throw new UsageError(`sweep accepts only flags, not ${shown(positionals[0])}`);
  const [applied, shownPlan] = [textFlag(flags, "apply"), textFlag(flags, "show")];
  refuseOthers(applied !== undefined ? "apply" : shownPlan !== undefined ? "show" : "sweep", flags);
  if (applied !== undefined) return apply(applied, flags);
  return shownPlan !== undefined ? show(shownPlan) : judgeAll(flags);
};

function refuseOthers(form: keyof typeof forms, flags: Flags): void {
  const allowed: readonly string[] = forms[form];
  const other = Object.keys(flags).find((name) => !allowed.includes(name));
  if (other === undefined) return;
  const why = form === "apply" ? ": the plan says which grants, and where" : "";
  throw new UsageError(form === "sweep" ? `--${other} requires --apply PLAN` : `--${other} cannot be given with --${form}${why}`);
}
