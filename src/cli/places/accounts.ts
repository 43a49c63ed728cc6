import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { itemsOf, nameOf } from "#cloudtrail/fields.ts";
import { type AccountId, accountId } from "#domain/account.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";

/** An account to list, or `self`: that of the credentials. */
export type Account = AccountId | "self";

/**
 * Reads accounts: a comma list, or `@FILE`, where `@-` is standard input. The file has account ids between commas, spaces or line
 * breaks, with comments after `#`, or is what `aws organizations list-accounts` prints. `flag` is named in errors. Throws a UsageError that names every
 * line which cannot be read.
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export async function readAccounts(value: string, flag: string): Promise<readonly Account[]> {
  if (!value.startsWith("@")) return distinct(accountsIn(value, flag), flag);
  const file = value.slice(1);
  const content = await (file === "-" ? textOf(process.stdin) : readFile(file, "utf8")).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${flag}: ${printable(file)} cannot be read (${cause.code}): check its path`, { cause });
  });
  const isJson = /^\s*[[{]/.test(content);
  return distinct(isJson ? accountsInJson(content, file) : accountsIn(content, file), flag);
}

function distinct(accounts: readonly Account[], flag: string): readonly Account[] {
  if (accounts.length === 0) throw new UsageError(`${flag} names no account`);
  return [...new Set(accounts)];
}

function accountsIn(text: string, place: string): Account[] {
  const problems: string[] = [];
  const accounts = text.split("\n").flatMap((line, index) =>
    line
      .replace(/#.*/, "")
      .split(/[\s,]+/)
      .filter((word) => word !== "")
      .flatMap((word): Account | readonly Account[] => {
        const account = word === "self" ? "self" : accountId(word);
        if (!account)
          problems.push(`${printable(place)}${text.includes("\n") ? `:${index + 1}` : ""}: ${shown(word)} is no account id of 12 digits`);
        return account ?? [];
      }),
  );
  if (problems.length > 0) throw new UsageError(problems.slice(0, 50).join("\n"));
  return accounts;
}

/** Reads what the AWS CLI prints, or a list of ids. Accounts that are not active cannot be reached. */
function accountsInJson(content: string, file: string): Account[] {
  const place = printable(file);
  const problems: string[] = [];
  const items = itemsIn(content, place);
  const accounts = items.flatMap((item, index): Account | readonly Account[] => {
    const text = typeof item === "string" ? item : (nameOf(item, "id") ?? "");
    const status = nameOf(item, "state") ?? nameOf(item, "status");
    const account = accountId(text);
    if (!account) problems.push(`${place}: entry ${index + 1}, ${shown(item)}, has no account id of 12 digits`);
    if (account && status !== undefined && status !== "ACTIVE") {
      console.error(`${place}: ${account} is left out: its status is ${printable(status, 32)}`);
      return [];
    }
    return account ?? [];
  });
  if (problems.length > 0) throw new UsageError(problems.slice(0, 50).join("\n"));
  return accounts;
}

function itemsIn(content: string, place: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(content);
    return Array.isArray(value) ? value : itemsOf(value, "Accounts");
  } catch (cause) {
    throw new UsageError(`${place}: not JSON: give what aws organizations list-accounts prints, or ids`, { cause });
  }
}
