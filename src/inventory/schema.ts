import * as z from "zod/mini";
import { described, grantSchema, optional, optionalText, placeSchema, rangeSchema, text, textSchema } from "#outcome/grant-schema.ts";
import { type InventoryLine, inventoryVersion } from "./line.ts";

const list = z.array(textSchema);
const time = (what: string) => described(`${what}, in ISO 8601.`, z.iso.datetime());
const line = <Name extends string>(name: Name) => described("What the line is about.", z.literal(name));
const place = described("The account and the Region that the line is about.", placeSchema);
const kind = described(
  "What the store is, or the endpoint that leads to it.",
  z.enum(["cache", "serverlessCache", "cluster", "workgroup", "clusterEndpoint", "workgroupEndpoint"]),
);
const sharedGroup = { line: line("sharedGroup"), place, group: text("A security group of a store that also protects something else.") };

/** The schema of every line of an inventory, from which inventory.schema.json is generated. It must agree with the type InventoryLine. */
export const inventorySchema: z.ZodMiniType<InventoryLine> = z.union([
  z.strictObject({
    line: line("inventory"),
    version: described("The version of the format.", z.literal(inventoryVersion)),
    startedAt: time("When the listing began"),
    places: described(
      "The places that the inventory covers. A place without an end line was cut off.",
      z.array(placeSchema).check(z.minLength(1)),
    ),
  }),
  z.strictObject({
    line: line("store"),
    place,
    service: text("The service of the store, as policies name it."),
    resource: text("The name of the store, as policies name it."),
    kind,
    id: text("The name in its own calls, such as that of a member of a replication group, or of an endpoint."),
    owner: optionalText("The account that the store belongs to, where AWS shows it."),
    groups: described("The VPC security groups that are attached.", list),
    ports: described("The TCP ports on which it listens; none while AWS shows none.", z.array(z.int())),
  }),
  z.strictObject({ ...sharedGroup, interfaces: described("The network interfaces that do not belong to a store.", list) }),
  z.strictObject({ ...sharedGroup, problem: text("Why it is not known what else the group protects.") }),
  z.strictObject({
    line: line("prefixList"),
    place,
    prefixList: text("The id of a managed prefix list to which rules of the place refer."),
    entries: described("Its ranges; none if one of them cannot be read.", z.array(rangeSchema)),
  }),
  z.strictObject({ line: line("grant"), listedAt: time("When the listing of the place began"), grant: grantSchema }),
  z.strictObject({
    line: line("problem"),
    place,
    problem: text("What could not be read, and why."),
    unlisted: optional("The services of which not every store could be listed.", list),
  }),
  z.strictObject({
    line: line("end"),
    place,
    listedAt: time("When the listing of the place began"),
    complete: described("True when everything that AWS can list was read.", z.boolean()),
    grants: described("How many grants the place has here.", z.int().check(z.gte(0))),
  }),
]);
