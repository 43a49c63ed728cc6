import { type Family, type Operation, partitionOf } from "../state.ts";
import { sts } from "../wire/apis.ts";

/** Whose credentials a request was signed with: page API_GetCallerIdentity. */
export const callerIdentity: Family = {
  api: sts,
  open: ({ account, region }) =>
    new Map<string, Operation>([
      [
        "GetCallerIdentity",
        () => [
          ["Arn", `arn:${partitionOf(region)}:iam::${account}:user/emulated`],
          ["UserId", "AIDAEMULATED"],
          ["Account", account],
        ],
      ],
    ]),
};
