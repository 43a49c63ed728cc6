import * as z from "zod/mini";
import type { AccountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import { isRegion, type Place, partitionOf } from "#domain/place.ts";
import { parseRange } from "#domain/range.ts";
import { type Owner, ownerWords } from "#domain/source.ts";
import { isPrintable } from "#domain/text.ts";

/** The schema of a text that is safe for a terminal. Whatever is written is: AWS's names are, and other texts were escaped. */
export const textSchema: z.ZodMiniString<string> = z.string().check(z.refine(isPrintable));

const text = textSchema;
const list = z.array(text);
const accountId = textLike<AccountId>("[0-9]{12}");
const owner = textLike<Owner | "*">(`([0-9]{12}|${ownerWords.join("|")}|\\*)`);
const groupOwner = textLike<AccountId | "unknown">("([0-9]{12}|unknown)");
const range = z.custom<string>((value) => typeof value === "string" && parseRange(value) !== undefined).check(z.meta({ type: "string" }));

/** The schema of a text that matches a pattern as a whole. */
function textLike<Text extends string>(pattern: string) {
  const whole = new RegExp(`^${pattern}$`);
  return z
    .custom<Text>((value) => typeof value === "string" && whole.test(value))
    .check(z.meta({ type: "string", pattern: `^${pattern}$` }));
}

const source = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("range"), range }),
  z.strictObject({ kind: z.literal("securityGroup"), owner: groupOwner, securityGroup: text }),
  z.strictObject({
    kind: z.literal("account"),
    owner,
    vpcs: z.exactOptional(list),
    consumerIdentifier: z.exactOptional(text),
    allowWrites: z.exactOptional(z.literal(true)),
  }),
  z.strictObject({ kind: z.literal("prefixList"), prefixList: text, entries: z.array(range) }),
]);

/** The schema of a place. Its partition must be that of the Region. */
export const placeSchema: z.ZodMiniType<Place> = z
  .strictObject({ partition: text, account: accountId, region: text })
  .check(z.refine(({ partition, region }) => isRegion(region) && partition === partitionOf(region)));

/** The schema of a grant, which must agree with the type Grant. Whatever it accepts can be judged. */
export const grantSchema: z.ZodMiniType<Grant> = z.strictObject({
  place: placeSchema,
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
});
