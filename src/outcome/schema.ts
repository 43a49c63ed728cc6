import * as z from "zod/mini";
import type { AccountId } from "#domain/account.ts";
import { type Owner, ownerWords } from "#domain/source.ts";
import type { Outcome } from "./outcome.ts";

const text = z.string();
const accountId = z.custom<AccountId>().check(z.meta({ type: "string", pattern: "^[0-9]{12}$" }));
const owner = z.custom<Owner | "*">().check(z.meta({ type: "string", pattern: `^([0-9]{12}|${ownerWords.join("|")}|\\*)$` }));
const groupOwner = z.custom<AccountId | "unknown">().check(z.meta({ type: "string", pattern: "^([0-9]{12}|unknown)$" }));
const count = z.int().check(z.gte(0));
const list = z.array(text);

const source = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("range"), range: text }),
  z.strictObject({ kind: z.literal("securityGroup"), owner: groupOwner, securityGroup: text }),
  z.strictObject({
    kind: z.literal("account"),
    owner,
    vpcs: z.exactOptional(list),
    consumerIdentifier: z.exactOptional(text),
    allowWrites: z.exactOptional(z.literal(true)),
  }),
  z.strictObject({ kind: z.literal("prefixList"), prefixList: text, entries: list }),
]);

const common = {
  grant: z.strictObject({
    place: z.strictObject({ partition: text, account: accountId, region: text }),
    service: text,
    authorization: text,
    resource: text,
    source,
    rule: z.exactOptional(
      z.strictObject({
        id: z.exactOptional(text),
        protocol: text,
        fromPort: z.exactOptional(z.int()),
        toPort: z.exactOptional(z.int()),
        description: z.exactOptional(text),
        tags: z.exactOptional(z.array(z.strictObject({ key: text, value: text }))),
      }),
    ),
    stores: z.exactOptional(
      z.array(
        z.strictObject({ service: text, resource: text, account: z.exactOptional(text), portUnknown: z.exactOptional(z.literal(true)) }),
      ),
    ),
  }),
  event: z.strictObject({ id: text, time: text, name: text, actor: text, sourceIp: text, userAgent: text, requestId: text }),
  file: z.exactOptional(text),
  policy: z.strictObject({ sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), mode: z.enum(["enforce", "audit"]) }),
  elapsedMs: z.exactOptional(z.number()),
  note: z.exactOptional(text),
};

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

const error = z.strictObject({ name: text, message: text, requestId: z.exactOptional(text), attempts: count, retryable: z.boolean() });

/** The schema of every outcome, from which outcome.schema.json is generated. It must agree with the type Outcome. */
export const outcomeSchema: z.ZodMiniType<Outcome> = z.discriminatedUnion("result", [
  z.strictObject({ result: z.literal("permitted"), ...common, decision: permitted }),
  z.strictObject({ result: z.literal("outOfScope"), ...common, decision: outOfScope }),
  z.strictObject({ result: z.literal("reported"), ...violating, detach: z.exactOptional(text) }),
  z.strictObject({ result: z.literal("alreadyGone"), ...violating }),
  z.strictObject({ result: z.literal("revoked"), ...violating, undo: text }),
  z.strictObject({ result: z.literal("failed"), ...violating, error, undo: z.exactOptional(text) }),
]);
