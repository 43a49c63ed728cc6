import * as z from "zod/mini";
import { grantSchema, placeSchema, textSchema as text } from "#outcome/grant-schema.ts";
import { type InventoryLine, inventoryVersion } from "./line.ts";

const list = z.array(text);
const time = z.iso.datetime();
const kind = z.enum(["cache", "serverlessCache", "cluster", "workgroup", "clusterEndpoint", "workgroupEndpoint"]);
const aboutPlace = { place: placeSchema };
const sharedGroup = { line: z.literal("sharedGroup"), ...aboutPlace, group: text };

/** The schema of every line of an inventory, from which inventory.schema.json is generated. It must agree with the type InventoryLine. */
export const inventorySchema: z.ZodMiniType<InventoryLine> = z.union([
  z.strictObject({ line: z.literal("inventory"), version: z.literal(inventoryVersion), startedAt: time, places: z.array(placeSchema) }),
  z.strictObject({
    line: z.literal("store"),
    ...aboutPlace,
    service: text,
    resource: text,
    kind,
    id: text,
    owner: z.optional(text),
    groups: list,
    ports: z.array(z.int()),
  }),
  z.strictObject({ ...sharedGroup, interfaces: list }),
  z.strictObject({ ...sharedGroup, problem: text }),
  z.strictObject({ line: z.literal("prefixList"), ...aboutPlace, prefixList: text, entries: list }),
  z.strictObject({ line: z.literal("grant"), listedAt: time, grant: grantSchema }),
  z.strictObject({ line: z.literal("problem"), ...aboutPlace, problem: text, unlisted: z.exactOptional(list) }),
  z.strictObject({ line: z.literal("end"), ...aboutPlace, listedAt: time, complete: z.boolean(), grants: z.int().check(z.gte(0)) }),
]);
