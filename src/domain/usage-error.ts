/** An error that the user can fix in a flag, a setting or the policy. The CLI prints only its message and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
