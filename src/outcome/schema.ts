import * as z from "zod/mini";
import { grantSchema, textSchema as text } from "./grant-schema.ts";
import type { Outcome } from "./outcome.ts";

const count = z.int().check(z.gte(0));
const list = z.array(text);

const common = {
  grant: grantSchema,
  policy: z.strictObject({ sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), mode: z.enum(["enforce", "audit"]) }),
  elapsedMs: z.exactOptional(z.number()),
  note: z.exactOptional(text),
};

const event = z.strictObject({ id: text, time: text, name: text, actor: text, sourceIp: text, userAgent: text, requestId: text });

const sweep = z.strictObject({ id: text, listedAt: text });

const permitted = z.strictObject({ verdict: z.literal("permitted"), statements: list, reason: z.exactOptional(text) });

const outOfScope = z.strictObject({ verdict: z.literal("outOfScope"), reason: text });

const violating = {
  ...common,
  decision: z.strictObject({
    verdict: z.literal("violation"),
    reason: text,
    uncovered: z.exactOptional(z.array(text).check(z.maxLength(16))),
    uncoveredCount: z.exactOptional(count),
  }),
  permitWith: z.exactOptional(
    z.strictObject({
      name: text,
      ranges: z.exactOptional(list),
      everyone: z.exactOptional(z.literal(true)),
      owners: z.exactOptional(list),
      securityGroups: z.exactOptional(list),
      prefixLists: z.exactOptional(list),
      services: list,
      authorizations: z.exactOptional(list),
      resources: list,
    }),
  ),
};

const wouldRevoke = z.exactOptional(z.literal(true));

const error = z.strictObject({ name: text, message: text, requestId: z.exactOptional(text), attempts: count, retryable: z.boolean() });

/** Returns the schema of the outcomes of grants that an event or a sweep shows, with the members of `origin`. */
function outcomesWith<Origin extends z.core.$ZodLooseShape>(origin: Origin) {
  return z.discriminatedUnion("result", [
    z.strictObject({ result: z.literal("permitted"), ...common, ...origin, decision: permitted }),
    z.strictObject({ result: z.literal("outOfScope"), ...common, ...origin, decision: outOfScope }),
    z.strictObject({ result: z.literal("reported"), ...violating, ...origin, detach: z.exactOptional(text), wouldRevoke }),
    z.strictObject({ result: z.literal("alreadyGone"), ...violating, ...origin }),
    z.strictObject({ result: z.literal("revoked"), ...violating, ...origin, undo: text }),
    z.strictObject({ result: z.literal("failed"), ...violating, ...origin, error, undo: z.exactOptional(text) }),
  ]);
}

/** The schema of every outcome, from which outcome.schema.json is generated. It must agree with the type Outcome. */
export const outcomeSchema: z.ZodMiniType<Outcome> = z.union([
  outcomesWith({ event, file: z.exactOptional(text) }),
  outcomesWith({ sweep }),
]);
