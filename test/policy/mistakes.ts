/** A mistake in a policy: its text, a part of what `check` says of it, and whether policy.schema.json refuses it, else why not. */
export interface Mistake {
  readonly policy: string;
  readonly message: string;
  readonly schema: "refused" | (string & {});
}

const parser = "editors report it while they parse the text, before they use a schema";
const duplicates = "JSON Schema cannot compare the members of two objects";
const hostBits = "a pattern cannot compare bits with the prefix length; it refuses host bits in whole octets";
const calls = "it depends on which sources the calls in scope accept, and the schema would have to repeat that table";

const self = '"owners": ["self"]';
const permit = `"permit": [{"name": "a", ${self}}]`;

/** Mistakes in the text or in the keys of the policy itself. */
const inPolicy: readonly (readonly [policy: string, message: string, schema: Mistake["schema"]])[] = [
  ["", "the policy is empty", parser],
  ['{"mode"', "the text ends too early", parser],
  [`{'mode': "audit", ${permit}}`, 'write text in double quotes: "mode"', parser],
  [`{"mode": 'audit, ${permit}}`, "write text in double quotes", parser],
  [`{"mode": audit, ${permit}}`, "write text in double quotes, a number, true or false", parser],
  [`{"mode": "audit", ${permit},}`, "remove the comma before }", parser],
  [`{"mode": "audit", /* why */ ${permit}}`, 'comments are not allowed: write a "reason" instead', parser],
  [`{"mode": "audit" ${permit}}`, "a comma is missing before this text", parser],
  [`{"mode": "audit", ${permit}} {}`, "the policy ends before this text: remove it", parser],
  [`{"mode": "audit\n, ${permit}}`, "the closing quote of this text is missing", parser],
  [`{"mode": "\\d", ${permit}}`, "no such escape: write a backslash as \\\\", parser],
  [`{"mode": "audit", "mode": "audit", ${permit}}`, "this key occurs twice: keep one", parser],
  [
    `{"mode": "audit", "permit": [{"name": "a", "owners": ${"[".repeat(20_000)}${"]".repeat(20_000)}}]}`,
    "the policy is nested too deeply or has too many mistakes",
    "refused",
  ],
  ["[]", "write an object in { }", "refused"],
  [`{${permit}}`, '"mode" is missing: write "enforce" or "audit"', "refused"],
  [`{"mode": "on", ${permit}}`, 'write "enforce" or "audit"', "refused"],
  ['{"mode": "audit"}', '"permit" is missing: write a list in [ ]', "refused"],
  ['{"mode": "audit", "permit": []}', "is empty: add at least one statement", "refused"],
  [`{"mode": "audit", "modes": 1, ${permit}}`, 'no such key here: did you mean "mode"?', "refused"],
  [`{"mode": "audit", "$schema": 1, ${permit}}`, "write a text in quotes", "refused"],
  [`{"mode": "audit", "sharedGroups": "keep", ${permit}}`, 'write "report" or "revoke"', "refused"],
  [`{"mode": "audit", "auditOnly": [{"regions": ["*"]}], ${permit}}`, "everything is audited already: remove auditOnly", "refused"],
  [`{"mode": "enforce", "enforceOnly": [{"regions": ["*"]}], ${permit}}`, "everything is enforced already: remove enforceOnly", "refused"],
  [`{"mode": "enforce", "auditOnly": [], ${permit}}`, "is empty: add at least one value, or remove the key", "refused"],
  [`{"mode": "enforce", "auditOnly": [{}], ${permit}}`, 'an empty scope applies to everything: change "mode" instead', "refused"],
  [`{"mode": "enforce", "auditOnly": [{"owners": ["self"]}], ${permit}}`, "no such key here", "refused"],
  [`{"mode": "enforce", "auditOnly": [{"sources": ["all"]}], ${permit}}`, 'write "everyone" or "foreign"', "refused"],
  [`{"mode": "audit", "permit": [{${self}}]}`, '"name" is missing', "refused"],
  [
    `{"mode": "audit", "permit": [{"name": "a", ${self}}, {"name": "a", ${self}}]}`,
    "another statement has this name: choose a unique name",
    duplicates,
  ],
];

/** Mistakes in a statement: its keys besides the name. */
const inStatement: typeof inPolicy = [
  ['"reason": "why"', "this statement permits nothing: add owners, ranges or prefixLists", "refused"],
  [`${self}, "service": ["redshift"]`, 'no such key here: did you mean "services"?', "refused"],
  ['"owners": "self"', "write a list in [ ]", "refused"],
  ['"owners": [123456789012]', "write a text in quotes", "refused"],
  ['"owners": ["12345678901"]', 'write an account id of 12 digits, or "self"', "refused"],
  ['"owners": ["Self"]', 'did you mean "self"?', "refused"],
  ['"owners": ["arn:aws:iam::210987654321:root"]', 'is an ARN: write the account id, "210987654321"', "refused"],
  ['"owners": []', "is empty: add at least one value, or remove the key", "refused"],
  ['"prefixLists": ["pl-1"]', "write the id of a prefix list, such as pl-63a5400a", "refused"],
  ['"ranges": ["10.0.0.1/8"]', 'has host bits set: write "10.0.0.0/8"', "refused"],
  ['"ranges": ["10.1.0.0/15"]', 'has host bits set: write "10.0.0.0/15"', hostBits],
  ['"ranges": ["2001:db8::1/64"]', 'has host bits set: write "2001:db8::/64"', hostBits],
  ['"ranges": ["10.0.0.1"]', "is an address without a prefix length", "refused"],
  ['"ranges": ["2001:db8::1"]', "is an address without a prefix length", "refused"],
  ['"ranges": ["010.0.0.0/8"]', "has leading zeros", "refused"],
  ['"ranges": [" 10.0.0.0/8"]', "has white space", "refused"],
  ['"ranges": ["::ffff:a00:0/104"]', "is an IPv4-mapped IPv6 range, which no grant contains", "refused"],
  ['"ranges": ["::ffff:10.0.0.0/104"]', "mixes IPv6 and dotted decimal", "refused"],
  ['"ranges": ["10.0.0.0/33"]', "write a range in CIDR notation", "refused"],
  ['"ranges": ["2001:db8:::/48"]', "write a range in CIDR notation", "refused"],
  ['"ranges": ["0.0.0.0/0"]', 'this permits everyone: if you intend that, add "everyone": true to the statement', "refused"],
  ['"ranges": ["10.0.0.0/8"], "everyone": true', '"everyone" is valid only in a statement with a /0 range: remove it', "refused"],
  [`${self}, "everyone": true`, '"everyone" is valid only in a statement with a /0 range: remove it', "refused"],
  ['"ranges": ["0.0.0.0/0"], "everyone": false', "only true is allowed here", "refused"],
  [
    '"ranges": ["10.0.0.0/8"], "securityGroups": ["x"]',
    "securityGroups limit owners that are accounts, and this statement has none",
    "refused",
  ],
  ['"owners": ["ADX"], "securityGroups": ["x"]', "securityGroups limit owners that are accounts, and this statement has none", "refused"],
  [`${self}, "services": ["redshft"]`, 'no such service: did you mean "redshift"? Valid values: ', "refused"],
  [`${self}, "services": ["ec2"]`, "a VPC rule has the services of the caches and warehouses that it reaches", "refused"],
  [`${self}, "authorizations": ["x"]`, "no such authorization. Valid values: ", "refused"],
  [`${self}, "resources": [""]`, "a pattern must be 1 to 256 characters without control characters", "refused"],
  [`${self}, "securityGroups": ["a\\u202e"]`, "a pattern must be 1 to 256 characters without control characters", "refused"],
  [`${self}, "accounts": ["prod"]`, "matches nothing: account ids contain only digits", "refused"],
  [`${self}, "accounts": ["12345678901"]`, "matches nothing: an account id has 12 digits", "refused"],
  [`${self}, "accounts": ["1234567890123*"]`, "matches nothing: an account id has 12 digits", "refused"],
  [`${self}, "regions": ["EU-*"]`, "matches nothing: Region codes contain only lower-case letters, digits and hyphens", "refused"],
  [`${self}, "until": "tomorrow"`, "write a valid date as YYYY-MM-DD", "refused"],
  [`${self}, "until": "2027-02-29"`, "write a valid date as YYYY-MM-DD", "a pattern has no calendar; editors that check formats refuse it"],
  [`${self}, "reason": "${"x".repeat(257)}"`, "must be 1 to 256 characters without control characters", "refused"],
  [`${self}, "reason": "\\ud800"`, "must be 1 to 256 characters", "half of a character cannot be excluded for every engine of patterns"],
  [`"ranges": ["10.0.0.0/8"], "authorizations": ["AuthorizeDataShare"]`, "no call in this scope can grant access to a source", calls],
];

/** Every mistake that `check` finds. */
export const mistakes: readonly Mistake[] = [
  ...inPolicy.map(([policy, message, schema]) => ({ policy, message, schema })),
  ...inStatement.map(([keys, message, schema]) => ({
    policy: `{"mode": "enforce", "permit": [{"name": "a", ${keys}}]}`,
    message,
    schema,
  })),
];
