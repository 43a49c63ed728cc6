declare const brand: unique symbol;

/** An AWS account id: twelve digits, without hyphens. */
export type AccountId = string & { readonly [brand]: "AccountId" };

/** Reads an account id, or gives undefined. Hyphens are dropped: AWS's own examples write 1234-5678-1234. */
export function accountId(text: string): AccountId | undefined {
  const digits = text.replaceAll("-", "");
  return /^[0-9]{12}$/.test(digits) ? (digits as AccountId) : undefined;
}
