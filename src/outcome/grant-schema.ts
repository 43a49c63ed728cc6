import * as z from "zod/mini";
import type { AccountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import { isRegion, type Place, partitionOf } from "#domain/place.ts";
import { parseRange } from "#domain/range.ts";
import { type Owner, ownerWords } from "#domain/source.ts";
import { isPrintable } from "#domain/text.ts";
import { described } from "#policy/schema.ts";

export { described };

/** The schema of a text that is safe for a terminal. Whatever is written is: AWS's names are, and other texts were escaped. */
export const textSchema: z.ZodMiniString<string> = z.string().check(z.refine(isPrintable));

/** A required string. */
export const text = (description: string): z.ZodMiniString<string> => described(description, textSchema);
/** A member that may be absent. */
export const optional = <Type extends z.ZodMiniType>(description: string, type: Type): z.ZodMiniExactOptional<Type> =>
  described(description, z.exactOptional(type));
/** A string that may be absent. */
export const optionalText = (description: string): z.ZodMiniExactOptional<z.ZodMiniString<string>> => optional(description, textSchema);

const accountId = textLike<AccountId>("[0-9]{12}");
const owner = textLike<Owner | "*">(`([0-9]{12}|${ownerWords.join("|")}|\\*)`);
const groupOwner = textLike<AccountId | "unknown">("([0-9]{12}|unknown)");
/** The schema of a range that can be read. */
export const rangeSchema: z.ZodMiniType<string> = z
  .custom<string>((value) => typeof value === "string" && parseRange(value) !== undefined)
  .check(z.meta({ type: "string" }));
const list = z.array(textSchema);
const yes = z.literal(true);

/** The schema of a text that matches a pattern as a whole. */
function textLike<Text extends string>(pattern: string) {
  const whole = new RegExp(`^${pattern}$`);
  return z
    .custom<Text>((value) => typeof value === "string" && whole.test(value))
    .check(z.meta({ type: "string", pattern: `^${pattern}$` }));
}

const kind = <Kind extends string>(name: Kind) => described("The kind of source.", z.literal(name));
const source = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: kind("range"),
    range: described("The range in CIDR notation, as AWS stores it or the event shows it.", rangeSchema),
  }),
  z.strictObject({
    kind: kind("securityGroup"),
    owner: described("The account that owns the security group, or unknown.", groupOwner),
    securityGroup: text("The name of the security group; in VPC rules its sg- id."),
  }),
  z.strictObject({
    kind: kind("account"),
    owner: described("An account id, one of AWS's own words, or * for every account.", owner),
    vpcs: optional("Only these VPCs of the account; absent: all of its VPCs.", list),
    consumerIdentifier: optionalText("The consumer as AWS lists it, when that is not the owner's id."),
    allowWrites: optional("The consumer of the datashare may also write.", yes),
  }),
  z.strictObject({
    kind: kind("prefixList"),
    prefixList: text("The id of the managed prefix list."),
    entries: described("The ranges in the prefix list.", z.array(rangeSchema)),
  }),
]);

const rule = z.strictObject({
  id: optionalText("The id of the rule; absent when only the request is known."),
  protocol: text("The protocol, as AWS names it; -1 means all."),
  fromPort: optional("The first port; absent: all ports.", z.int()),
  toPort: optional("The last port; absent: all ports.", z.int()),
  description: optionalText("The description of the rule, which undo restores."),
  tags: optional(
    "The tags of the rule, which undo restores.",
    z.array(z.strictObject({ key: text("The key of the tag."), value: text("The value of the tag.") })),
  ),
});

const store = z.strictObject({
  service: text("The service of the store, as policies name it."),
  resource: text("The name of the store, as policies name it."),
  account: optionalText("The account of the store, if it is another one."),
  portUnknown: optional("AWS does not show the port of the store yet, so the rule may or may not reach it.", yes),
});

/** The schema of a place. Its partition must be that of the Region. */
export const placeSchema: z.ZodMiniType<Place> = z
  .strictObject({
    partition: text("The partition, such as aws."),
    account: described("The account that holds the resource.", accountId),
    region: text("The Region."),
  })
  .check(z.refine(({ partition, region }) => isRegion(region) && partition === partitionOf(region)));

/** The schema of a grant, which must agree with the type Grant. Whatever it accepts can be judged. */
export const grantSchema: z.ZodMiniType<Grant> = described(
  "What the call gave: access at a place, on a resource, to one source.",
  z.strictObject({
    place: described("Where the resource is.", placeSchema),
    service: text("The service of the call."),
    authorization: text("The call that grants such access, by its CloudTrail event name."),
    resource: text("The name of the resource; for a VPC rule, the security group."),
    source: described("Who is let in.", source),
    rule: optional("The rule of a VPC security group.", rule),
    stores: optional("The caches and warehouses that the VPC rule reaches. The grant is judged for each of them.", z.array(store)),
  }),
);
