import { vocabulary } from "#authorizations/index.ts";
import { ownerWords } from "#domain/source.ts";
import { jsonText, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import type { Command } from "../command.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import { caseOf } from "./as-test.ts";
import { endUnder, explanationOf } from "./explanation.ts";
import { grantsOf } from "./grant-flags.ts";
import { textOf } from "./text.ts";

/** `explain`: decides on one grant, which the flags describe. */
export const explain: Command = {
  name: "explain",
  usage: "explain --service NAME --resource NAME (--range CIDR | --owner ID [--security-group NAME] | --prefix-list ID) [FLAG ...]",
  summary: "Prints the decision on a grant, and the statement that permits it or comes nearest to that.",
  options: {
    service: { type: "string", value: "NAME", help: `The service: ${vocabulary.services.join(", ")}.` },
    authorization: {
      type: "string",
      value: "NAME",
      help: "The event name of the call. Required only when several calls can give this access and the policy judges them differently.",
    },
    resource: { type: "string", value: "NAME", help: "The resource name, as in the policy." },
    range: { type: "string", value: "CIDR", help: "The source: a range, such as 203.0.113.0/24." },
    owner: { type: "string", value: "ID", help: `The source: an account id, self (the account of --account), ${ownerWords.join(" or ")}.` },
    "security-group": {
      type: "string",
      value: "NAME",
      help: "Only this security group of the owner: its name, or its sg- id for a VPC rule.",
    },
    "prefix-list": { type: "string", value: "ID", help: "The source: the id of a managed prefix list." },
    account: { type: "string", value: "ID", help: "The account that holds the resource (default: 000000000000)." },
    region: { type: "string", value: "NAME", help: "The Region of the resource (default: us-east-1)." },
    ...policyFlags,
    json: { type: "boolean", help: "Print one JSON object." },
    "as-test": { type: "boolean", help: "Print a case for policy.test.json that expects this decision." },
  },
  examples: [
    {
      command: "explain --service redshift --resource analytics --range 203.0.113.0/24",
      does: "Says whether the policy lets this range reach the warehouse, and why.",
    },
    {
      command: "explain --service elasticache --resource sessions --owner self --security-group sg-0a1b2c3d --at 2027-02-01",
      does: "Asks about a security group of the cache's own account, on a later day.",
    },
  ],
  async run({ flags, positionals }) {
    if (positionals.length > 0) throw new UsageError(`explain accepts only flags, not ${shown(positionals[0])}`);
    const file = await policyOf(flags);
    const at = timeOf(flags);
    const grants = grantsOf(flags);
    const explanation = explanationOf(grants, file, at);
    if (grants.some((grant) => endUnder(grant, file, at) !== endUnder(grants[0], file, at))) {
      const ends = grants.map((grant) => `${grant.authorization} (${endUnder(grant, file, at)})`).join(", ");
      throw new UsageError(`explain needs --authorization, as the policy judges the calls differently: ${ends}`);
    }
    if (flags["as-test"]) {
      process.stdout.write(`${jsonText(caseOf(flags, explanation))}\n`);
      return 0;
    }
    process.stdout.write(`${flags["json"] ? JSON.stringify(explanation) : textOf(explanation)}\n`);
    return explanation.decision.verdict === "violation" ? 3 : 0;
  },
};
