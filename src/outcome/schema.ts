import * as z from "zod/mini";
import { described } from "#policy/schema.ts";
import { grantSchema, optional, optionalText, text, textSchema } from "./grant-schema.ts";
import type { Outcome } from "./outcome.ts";

const count = z.int().check(z.gte(0));
const list = z.array(textSchema);

const common = {
  grant: grantSchema,
  policy: described(
    "The policy that judged the grant.",
    z.strictObject({
      sha256: described("The SHA-256 of the policy file.", z.string().check(z.regex(/^[0-9a-f]{64}$/))),
      mode: described(
        "The mode that applied to this grant: enforce revokes violations, audit only reports them.",
        z.enum(["enforce", "audit"]),
      ),
    }),
  ),
  elapsedMs: optional("Milliseconds from the eventTime to the end.", z.number()),
  note: optionalText("Why a violation was not revoked, or what to know before the undo."),
};

/** The members of an outcome whose grant an event shows, and of one whose grant a sweep listed. */
const [byEvent, bySweep] = [
  {
    event: described(
      "The CloudTrail event that recorded the call.",
      z.strictObject({
        id: text("The eventID of the record."),
        time: text("The eventTime of the record."),
        name: text("The eventName of the record. Several events can show grants of one authorization."),
        actor: text("Who called: the ARN, or else another name in userIdentity."),
        sourceIp: text("The sourceIPAddress of the record."),
        userAgent: text("The userAgent of the record."),
        requestId: text("The requestID of the record."),
      }),
    ),
    file: optionalText("The file, and the place in it, from which replay read the event."),
  },
  {
    sweep: described(
      "The sweep that listed the grant. Who granted it is not known.",
      z.strictObject({ id: text("The id of the sweep."), listedAt: text("The time at which the listing of the place began.") }),
    ),
  },
] as const;

const decision = "The decision of the policy on the grant.";
const verdict = <Verdict extends string>(name: Verdict) => described("The verdict.", z.literal(name));

const permitted = z.strictObject({
  verdict: verdict("permitted"),
  statements: described("The names of the statements that permit the grant.", list),
  reason: optionalText("The reason of these statements."),
});

const outOfScope = z.strictObject({ verdict: verdict("outOfScope"), reason: text("Why the policy does not apply to the grant.") });

const violating = {
  ...common,
  decision: described(
    decision,
    z.strictObject({
      verdict: verdict("violation"),
      reason: text("Why no statement permits the grant."),
      uncovered: optional("The CIDRs that no statement permits, in ascending order; at most 16.", list.check(z.maxLength(16))),
      uncoveredCount: optional("How many CIDRs no statement permits, including those that uncovered leaves out.", count),
    }),
  ),
  permitWith: optional(
    "The narrowest statement that would permit the grant, ready to be added to the policy.",
    z.strictObject({
      name: text("A name for the statement."),
      ranges: optional("The range of the grant.", list),
      everyone: optional("Required with a /0.", z.literal(true)),
      owners: optional("The owner of the grant.", list),
      securityGroups: optional("The security group of the grant.", list),
      prefixLists: optional("The prefix list of the grant.", list),
      services: described("The services of the grant's resource or stores.", list),
      authorizations: optional("The call of the grant.", list),
      resources: described("The names of the grant's resource or stores.", list),
    }),
  ),
};

const error = z.strictObject({
  name: text("The name of the error, such as AccessDenied."),
  message: text("What happened, and what it means for the grant."),
  requestId: optionalText("The id that AWS gave to the request."),
  attempts: described("How many times the request was sent.", count),
  retryable: described("True when another attempt can succeed.", z.boolean()),
});

const result = <Result extends string>(name: Result) => described("How the grant ended.", z.literal(name));
const undo = "The AWS CLI command that grants the access again.";

/** Returns the schema of the outcomes with the members of `origin`. */
function outcomesWith<Origin extends z.core.$ZodLooseShape>(origin: Origin) {
  return z.discriminatedUnion("result", [
    z.strictObject({ result: result("permitted"), ...common, ...origin, decision: described(decision, permitted) }),
    z.strictObject({ result: result("outOfScope"), ...common, ...origin, decision: described(decision, outOfScope) }),
    z.strictObject({
      result: result("reported"),
      ...violating,
      ...origin,
      detach: optionalText("The AWS CLI command that detaches the security group from the store for which the rule is not permitted."),
      wouldRevoke: optional("Only in a sweep: applying its plan revokes the grant.", z.literal(true)),
    }),
    z.strictObject({ result: result("alreadyGone"), ...violating, ...origin }),
    z.strictObject({ result: result("revoked"), ...violating, ...origin, undo: text(undo) }),
    z.strictObject({
      result: result("failed"),
      ...violating,
      ...origin,
      error: described("Why the grant was not revoked.", error),
      undo: optionalText(`${undo} Present if a part was revoked.`),
    }),
  ]);
}

/** The schema of every outcome, from which outcome.schema.json is generated. It must agree with the type Outcome. */
export const outcomeSchema: z.ZodMiniType<Outcome> = z.union([outcomesWith(byEvent), outcomesWith(bySweep)]);
