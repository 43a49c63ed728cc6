/** What the user can mend: a flag, a setting, a policy. Shown as its message alone; the command line exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
