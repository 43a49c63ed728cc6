import fc from "fast-check";

/** Beginnings that a shell, the AWS CLI or its JSON and shorthand syntax gives a meaning to. */
const beginnings: readonly string[] = [
  ...["file:///etc/hostname", "file://", "fileb:///dev/null", "http://127.0.0.1:9/", "https://127.0.0.1:9/", "FILE:///etc/hostname"],
  ...[
    "-",
    "--region=",
    "--no-sign-request",
    "@",
    "[",
    '["',
    "{",
    '{"a":',
    " [",
    "\t-",
    "~/",
    "=ls",
    "%",
    "#",
    "!!",
    "*",
    "?",
    "a=b,c=@file:///etc/hostname",
  ],
  ...[
    "$HOME",
    "$(id)",
    "`id`",
    "'",
    '"',
    "\\",
    "'; id; '",
    "\n",
    "\r\nid\n",
    "\u0000",
    "\u001b[31m",
    "\u007f",
    "\u0085",
    "\u2028",
    "\u202e",
    "\ufeff",
    "",
    "true",
  ],
];

const body = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."'\"\\$`~!*?[]{}()<>|&;#=,:@%^ \t\n\u0000\u009b\u2066"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

/** The same names for the same seed: each beginning in turn, and something after it. They have no lone surrogates, which UTF-8 cannot write. */
export function hostileNames(count: number, seed: number): readonly string[] {
  const bodies = fc.sample(body, { numRuns: count, seed });
  return bodies.map((each, n) => `${beginnings[n % beginnings.length]}${each}`.toWellFormed());
}
