import type { ActionGroup, Operation } from "../operation.ts";
import { sts } from "../wire/apis.ts";

/** Page API_GetCallerIdentity. */
const getCallerIdentity: Operation = (_parameters, _place, { account, arn, userId }) => [
  ["Arn", arn],
  ["UserId", userId],
  ["Account", account],
];

/** The identity that signed a request. */
export const callerIdentity: ActionGroup = { api: sts, operations: { GetCallerIdentity: getCallerIdentity } };
