import type { Guard } from "./guard.ts";

/** A violation that its event only reports, such as a rule that became one by an edit of the prefix list that it refers to. */
export const reportOnly: Guard = (_, { reportOnly: reason }) =>
  reason === undefined ? undefined : { result: "reported", note: `not revoked: ${reason}` };
