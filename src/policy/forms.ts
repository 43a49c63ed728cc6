import { ownerWords } from "#domain/source.ts";

// What the published JSON Schema says of texts and objects beside their type. It may accept what `check` refuses, never the reverse.

/** Keywords of JSON Schema. */
export type Form = Readonly<Record<string, unknown>>;

/** A text of 1 to 256 characters, none of which `printable` escapes. */
export const freeText: Form = {
  minLength: 1,
  maxLength: 256,
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
};

/** A pattern on account ids: twelve digits or `?`, or at most twelve and a star. Hyphens do not count. */
export const accountPattern: Form = { pattern: "^(-*([0-9?]-*){12}|(?=.*\\*)[*-]*([0-9?][*-]*){0,12})$", maxLength: 256 };

/** A pattern on Region codes. */
export const regionPattern: Form = { pattern: "^[a-z0-9*?-]+$", maxLength: 256 };

/** An account id, `self`, or one of AWS's own words. */
export const owner: Form = { pattern: `^(self|${ownerWords.join("|")}|-*([0-9]-*){12})$` };

/** The id of a managed prefix list. */
export const prefixList: Form = { pattern: "^pl-[0-9a-f]{8,17}$" };

/** A date, but for the number of days of its month. */
export const date: Form = { format: "date", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" };

const octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
/** Octets that the prefix length leaves out completely are 0. */
const ipv4 = [
  "0\\.0\\.0\\.0/0",
  `${octet}\\.0\\.0\\.0/[1-8]`,
  `(${octet}\\.){2}0\\.0/(9|1[0-6])`,
  `(${octet}\\.){3}0/(1[7-9]|2[0-4])`,
  `(${octet}\\.){3}${octet}/(2[5-9]|3[0-2])`,
];
const group = "[0-9a-fA-F]{1,4}";
/** Groups before and after `::`, which takes the place of at least one group. */
const shortened = [1, 2, 3, 4, 5, 6].map((before) => `(${group}:){1,${before}}(:${group}){1,${7 - before}}`);
const ipv6 = [`(${group}:){7}${group}`, `(${group}:){1,7}:`, ...shortened, `:(:${group}){1,7}`, "::"];

/** A range in CIDR notation, but for host bits within an octet or an IPv6 group. */
export const range: Form = {
  pattern: `^(${ipv4.join("|")}|(?!::[fF]{4}:${group}:${group}/)(${ipv6.join("|")})/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`,
};

/** A statement has a source; `everyone` and a /0 belong together; `securityGroups` need an owner that is an account. */
export const statement: Form = {
  anyOf: [{ required: ["owners"] }, { required: ["ranges"] }, { required: ["prefixLists"] }],
  if: { required: ["ranges"], properties: { ranges: { contains: { pattern: "/0$" } } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ["everyone"] },
  else: { properties: { everyone: false } },
  dependentSchemas: {
    securityGroups: { required: ["owners"], properties: { owners: { contains: { not: { enum: ownerWords } } } } },
  },
};

/** Exceptions are of the other mode. */
export const policy: Form = {
  if: { properties: { mode: { const: "audit" } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { properties: { auditOnly: false } },
  else: { properties: { enforceOnly: false } },
};

/** An exception that applies to everything is an error. */
export const exception: Form = { minProperties: 1 };
