import type { Guard } from "./guard.ts";

/** In audit mode every violation is only reported. */
export const auditMode: Guard = (_, { mode }) => (mode === "audit" ? { result: "reported" } : undefined);
