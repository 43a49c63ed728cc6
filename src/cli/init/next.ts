import { join, relative, resolve } from "node:path";
import { quoted } from "#domain/aws-command.ts";
import { printable } from "#domain/text.ts";
import { policyName } from "#policy/packed.ts";
import { packageFolder } from "../package-folder.ts";

/** Returns the commands to run after `init FOLDER`, one a line, each with what it does. `given` is the policy that was given to it. */
export function next(folder: string, given: string | undefined, isDeployed: boolean): string[] {
  const file = given === undefined ? policyName : relative(folder, given);
  const policy = file === policyName ? "" : ` --policy ${quoted(file)}`;
  const samples = quoted(relative(resolve(folder), join(packageFolder(), "events")));
  const isHere = resolve(folder) === process.cwd();
  return [
    ...(isHere ? [] : [line(`cd ${quoted(folder)}`, "")]),
    line(`npx ingress-warden check${policy}`, "errors and warnings"),
    ...(given === undefined ? [line("npx ingress-warden test", "decides the cases of policy.test.json")] : []),
    line(`npx ingress-warden replay ${samples}${policy}`, "what is reported of sample events"),
    ...(isDeployed
      ? [
          line(`npx ingress-warden pack${policy} --force`, "after each change of the policy"),
          line("sam deploy --parameter-overrides AlarmEmail=you@example.com", "creates or updates the stack"),
        ]
      : []),
  ];
}

function line(command: string, does: string): string {
  return `  ${printable(command).padEnd(62)}  ${does}`.trimEnd();
}
