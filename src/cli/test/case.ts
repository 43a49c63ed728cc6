import * as z from "zod/mini";
import { described } from "#policy/schema.ts";

/** The verdicts that a case can expect. */
const verdicts = ["permitted", "violation", "outOfScope"] as const;

/** A verdict that a case expects. */
type Verdict = (typeof verdicts)[number];

/** A grant in the words of `explain`'s flags. */
export interface GrantWords {
  readonly service: string;
  readonly resource: string;
  readonly range?: string;
  readonly owner?: string;
  readonly securityGroup?: string;
  readonly prefixList?: string;
  readonly account?: string;
  readonly region?: string;
  readonly authorization?: string;
}

/** One case: a grant, or the file of an event, and what the policy is expected to decide. */
export interface Case {
  readonly name: string;
  readonly grant?: GrantWords;
  readonly event?: string;
  readonly expect: Verdict;
  /** A statement that must be among those that permit the grant. */
  readonly statement?: string;
  /** The UTC date or time at which the policy is evaluated. */
  readonly at?: string;
}

/** A file of cases. */
export interface CaseFile {
  readonly $schema?: string;
  readonly cases: readonly Case[];
}

const text = (description: string) => described(description, z.string().check(z.minLength(1)));
const optional = (description: string) => described(description, z.exactOptional(z.string().check(z.minLength(1))));

const expected = {
  name: text("What the case shows. It is printed, and unique in the file."),
  expect: described("The verdict that is expected.", z.enum(verdicts)),
  statement: optional("A statement that must be among those that permit the grant."),
  at: optional("The UTC date or time at which the policy is evaluated, such as 2027-01-31 (default: now)."),
};

const grant = z.strictObject({
  service: text("The service of the resource, as policies name it."),
  resource: text("The name of the resource, as policies name it."),
  range: optional("The source: a range in CIDR notation."),
  owner: optional("The source: an account id, self, or one of AWS's own words."),
  securityGroup: optional("Only this security group of the owner: its name, or its sg- id for a VPC rule."),
  prefixList: optional("The source: the id of a managed prefix list."),
  account: optional("The account that holds the resource (default: 000000000000)."),
  region: optional("The Region of the resource (default: us-east-1)."),
  authorization: optional("The event name of the call, where the policy judges the calls differently."),
});

/** The schema of a file of cases, from which policy.test.schema.json is generated. It must agree with the type CaseFile. */
export const caseFileSchema: z.ZodMiniType<CaseFile> = z.strictObject({
  $schema: optional("The JSON Schema of this file, for editors."),
  cases: described(
    "The cases.",
    z
      .array(
        z.union([
          z.strictObject({ ...expected, grant: described("A grant, in the words of the flags of explain.", grant) }),
          z.strictObject({
            ...expected,
            event: text("The file of one event, relative to this file. Its grants are judged as replay judges them."),
          }),
        ]),
      )
      .check(z.minLength(1)),
  ),
});
