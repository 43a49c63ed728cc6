import type { Guard } from "./guard.ts";

/** In audit mode, violations are only reported. */
export const auditMode: Guard = (_, { mode }) => (mode === "audit" ? { result: "reported" } : undefined);
