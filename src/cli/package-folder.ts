import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Returns the folder of this package: the parent of bin/, or of the src/ that this file is in. */
export function packageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const parent = join(here, "..");
  return existsSync(join(parent, "package.json")) ? parent : join(parent, "..");
}
