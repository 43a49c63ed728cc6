import { alarmChecks } from "./alarm-checks.ts";
import { changeChecks } from "./change-checks.ts";
import type { Check } from "./check.ts";
import { eventChecks } from "./event-checks.ts";
import { functionChecks } from "./function-checks.ts";
import { queueChecks } from "./queue-checks.ts";
import { roleChecks } from "./role-checks.ts";
import { shapeChecks } from "./shape-checks.ts";
import { stackChecks } from "./stack-checks.ts";

/** All requirements of a stack, by name; the same for template.yaml and for SAM's translation. */
export const checks: Readonly<Record<string, Check>> = {
  ...functionChecks,
  ...roleChecks,
  ...eventChecks,
  ...queueChecks,
  ...alarmChecks,
  ...changeChecks,
  ...stackChecks,
  ...shapeChecks,
};
