import { authorizations, vocabulary } from "#authorizations/index.ts";
import { decide } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { nearest } from "#domain/nearest.ts";
import { type Mode, modeFor } from "#domain/policy.ts";
import { parseRange } from "#domain/range.ts";
import { ownerWords, type Source, sourceText } from "#domain/source.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { Command } from "../command.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import { grantsOf } from "./grant-flags.ts";

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
  },
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
    process.stdout.write(`${flags["json"] ? JSON.stringify(explanation) : textOf(explanation)}\n`);
    return explanation.decision.verdict === "violation" ? 3 : 0;
  },
};

/** Returns how a grant ends under the policy: two calls for which this is the same need not be told apart. */
function endUnder(grant: Grant, { policy }: PolicyFile, at: number): string {
  const { verdict } = decide(grant, policy, at);
  return verdict === "violation" ? `${verdict}, ${modeFor(grant, policy)}` : verdict;
}

/** Returns what `--json` prints: about the first of the grants, which end in the same way. */
function explanationOf([grant, ...others]: readonly [Grant, ...Grant[]], { policy, document }: PolicyFile, at: number) {
  const alike = others.map(({ authorization }) => authorization);
  const sameFor = alike.length > 0 ? alike : undefined;
  const decision = decide(grant, policy, at);
  const mode = modeFor(grant, policy);
  if (decision.verdict === "permitted") {
    const permitting = document.permit.filter(({ name }) => decision.statements.includes(name));
    return { grant, sameFor, mode, decision, permitting };
  }
  const near = nearest(grant, policy, at);
  return {
    grant,
    sameFor,
    mode,
    decision,
    nearest: document.permit.find(({ name }) => name === near?.statement.name),
    changes: near?.changes,
    expired: near?.changes.includes("until") ?? false,
    permitWith: permitWith(grant),
    note: grant.source.kind === "prefixList" ? prefixListNote : undefined,
  };
}

const prefixListNote = "the entries of the prefix list were not read: statements whose ranges cover all of them also permit it";

/** Formats an explanation for people. */
function textOf({
  grant,
  mode,
  decision,
  permitting,
  sameFor,
  nearest: near,
  changes = [],
  permitWith: statement,
  note,
}: ReturnType<typeof explanationOf>): string {
  const { service, resource, source, place } = grant;
  const where = `${service} ${printable(resource, 255)} (${place.account}, ${place.region})`;
  const isViolation = decision.verdict === "violation";
  const head = [
    `${decision.verdict}  ${where}  ${printable(sourceText(source), 512)}  by ${grant.authorization}`,
    ...(sameFor
      ? [`  same for  ${sameFor.map((name) => (isViolation && isReportOnly(name) ? `${name} (never revoked)` : name)).join(", ")}`]
      : []),
  ];
  const statementText = (value: object) => shown(value, 1024);
  if (decision.verdict === "permitted")
    return [...head, ...(permitting ?? []).map((each) => `  by        ${statementText(each)}`)].join("\n");
  const { uncovered = [], uncoveredCount = 0 } = decision.verdict === "violation" ? decision : {};
  const more = uncoveredCount > uncovered.length ? ` and ${uncoveredCount - uncovered.length} more` : "";
  return [
    ...head,
    `  because   ${decision.reason}`,
    ...(note ? [`  note      ${note}`] : []),
    // For everyone, the uncovered rest of the addresses means nothing to a reader.
    ...(uncovered.length > 0 && !isEveryone(source) ? [`  uncovered ${uncovered.join(" ")}${more}`] : []),
    `  would be  ${endOf(grant, mode)}`,
    `  nearest   ${near ? statementText(near) : "no statement permits this kind of source"}`,
    ...(near ? [`  to change ${changes.join(", ")}`] : []),
    `  permit by ${statement ? statementText(statement) : "no statement"}`,
  ].join("\n");
}

function endOf({ authorization }: Grant, mode: Mode): string {
  if (mode === "audit") return "reported (audit mode)";
  return isReportOnly(authorization) ? "reported (never revoked)" : "revoked";
}

function isReportOnly(authorization: string): boolean {
  return authorizations.some(({ name, reportOnly }) => name === authorization && reportOnly);
}

function isEveryone(source: Source): boolean {
  return source.kind === "range" && parseRange(source.range)?.prefix === 0;
}
