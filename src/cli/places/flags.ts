/** The flags that name the role in other accounts. */
export const roleFlags = {
  role: {
    type: "string",
    value: "NAME",
    help: "The role to assume in each account but that of the credentials; with its path, if it has one.",
  },
  "external-id": { type: "string", value: "TEXT", help: "The external id that the role requires." },
} as const;

/** The flags of every command that lists places, besides the role. */
export const placeFlags = {
  accounts: {
    type: "string",
    value: "LIST",
    help: "Account ids, comma-separated, or @FILE with ids or the output of aws organizations list-accounts; @- reads standard input (default: self, the account of the credentials).",
  },
  regions: {
    type: "string",
    value: "LIST",
    help: "Regions, comma-separated, or all that the account has enabled: all (default: the Region of the environment).",
  },
  concurrency: { type: "string", value: "N", help: "How many places are listed at the same time (default: 8)." },
} as const;
