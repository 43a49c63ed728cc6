import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** samconfig.toml as it ships: as git has it staged, whatever `sam deploy` saved in the file since; without git, the file. */
export function shippedSamconfig(folder = "."): string {
  const { status, stdout } = spawnSync("git", ["show", ":./samconfig.toml"], { cwd: folder, encoding: "utf8" });
  return status === 0 ? stdout : readFileSync(join(folder, "samconfig.toml"), "utf8");
}
