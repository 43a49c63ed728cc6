/** The files of a policy beside the function that it is deployed with. */
export const policyName = "policy.json";
/** Says that the policy was checked when it was packed, so that the function does not check it again: that takes long to load. */
export const checkedName = "policy.sha256";

/** Returns the text of `policy.sha256` for a policy that was checked: the line that `sha256sum policy.json` prints. */
export function checkedText(sha256: string): string {
  return `${sha256}  ${policyName}\n`;
}

/** Returns the SHA-256 in the text of `policy.sha256`. */
export function sha256Of(text: string): string {
  return text.slice(0, 64);
}
