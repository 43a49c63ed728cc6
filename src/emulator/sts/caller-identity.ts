import { partitionOf } from "../arn.ts";
import type { ActionGroup, Operation } from "../operation.ts";
import { sts } from "../wire/apis.ts";

/** Page API_GetCallerIdentity. */
const getCallerIdentity: Operation = (_parameters, { account, region }) => [
  ["Arn", `arn:${partitionOf(region)}:iam::${account}:user/emulated`],
  ["UserId", "AIDAEMULATED"],
  ["Account", account],
];

/** The identity that signed a request. */
export const callerIdentity: ActionGroup = { api: sts, operations: { GetCallerIdentity: getCallerIdentity } };
