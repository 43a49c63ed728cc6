declare const brand: unique symbol;

/** An AWS account id: twelve digits, without hyphens. */
export type AccountId = string & { readonly [brand]: "AccountId" };

/**
 * Reads an account id and drops its hyphens, as AWS's examples write 1234-5678-1234. Returns undefined for any other text.
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
 */
export function accountId(text: string): AccountId | undefined {
  const digits = text.replaceAll("-", "");
  return /^[0-9]{12}$/.test(digits) ? (digits as AccountId) : undefined;
}
