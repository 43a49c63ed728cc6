import { vocabulary } from "#authorizations/index.ts";
import { decide, isInForce } from "#domain/decide.ts";
import type { Grant } from "#domain/grant.ts";
import { nearest } from "#domain/nearest.ts";
import { modeFor } from "#domain/policy.ts";
import { ownerWords, sourceText } from "#domain/source.ts";
import { printable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { permitWith } from "#outcome/permit-with.ts";
import type { PolicyFile } from "#policy/file.ts";
import type { Command } from "../command.ts";
import { policyFlags, policyOf, timeOf } from "../policy-flags.ts";
import { grantsOf } from "./grant-flags.ts";

/** `explain`: judges one grant that is described by flags. */
export const explain: Command = {
  name: "explain",
  usage:
    "explain --service S [--authorization NAME] --resource R (--range CIDR | --owner ID [--security-group NAME] | --prefix-list ID) [--account A] [--region R] [--policy FILE] [--at DATE] [--json]",
  summary: "Say what the policy makes of a grant, and which statement permits it or comes nearest.",
  options: {
    service: { type: "string", help: `The service: ${vocabulary.services.join(" or ")}.` },
    authorization: { type: "string", help: "The call, by its event name; needed where several can, and are judged differently." },
    resource: { type: "string", help: "The resource name." },
    range: { type: "string", help: "Who is let in: a range in CIDR notation." },
    owner: { type: "string", help: `Who is let in: an account, or ${ownerWords.join(" or ")}.` },
    "security-group": { type: "string", help: "Only this security group of the owner: its name, or in a VPC rule its sg- id." },
    "prefix-list": { type: "string", help: "Who is let in: a managed prefix list, by its id." },
    account: { type: "string", help: "The account that holds the resource, for self and accounts (default 000000000000)." },
    region: { type: "string", help: "Its Region (default us-east-1)." },
    ...policyFlags,
    json: { type: "boolean", help: "Print one JSON object." },
  },
  async run({ flags, positionals }) {
    if (positionals.length > 0) throw new UsageError(`explain takes flags only, not ${shown(positionals[0])}`);
    const file = await policyOf(flags);
    const at = timeOf(flags);
    const grants = grantsOf(flags);
    const explanation = explanationOf(grants[0], file, at);
    if (grants.some((grant) => decide(grant, file.policy, at).verdict !== explanation.decision.verdict)) {
      const names = grants.map(({ authorization }) => authorization).join(", ");
      throw new UsageError(`explain needs --authorization, one of ${names}: the policy judges them differently`);
    }
    process.stdout.write(`${flags["json"] ? JSON.stringify(explanation) : inWords(explanation)}\n`);
    return explanation.decision.verdict === "violation" ? 3 : 0;
  },
};

function explanationOf(grant: Grant, { policy, document }: PolicyFile, at: number) {
  const decision = decide(grant, policy, at);
  const mode = modeFor(grant, policy);
  if (decision.verdict === "permitted") {
    const permitting = document.permit.filter(({ name }) => decision.statements.includes(name));
    return { grant, mode, decision, permitting };
  }
  const near = nearest(grant, policy, at);
  const expired = near !== undefined && !isInForce(near, at);
  return {
    grant,
    mode,
    decision,
    nearest: document.permit.find(({ name }) => name === near?.name),
    expired,
    permitWith: permitWith(grant),
    note: grant.source.kind === "prefixList" ? unknownEntries : undefined,
  };
}

const unknownEntries = "the list's entries are not known here: statements whose ranges cover all of them would permit it, too";

function inWords({
  grant,
  mode,
  decision,
  permitting,
  nearest: near,
  expired,
  permitWith: statement,
  note,
}: ReturnType<typeof explanationOf>): string {
  const { service, resource, source, place } = grant;
  const where = `${service} ${printable(resource, 255)} (${place.account}, ${place.region})`;
  const head = `${decision.verdict}  ${where}  ${printable(sourceText(source), 512)}  by ${grant.authorization}`;
  const said = (statement: object) => shown(statement, 1024);
  if (decision.verdict === "permitted") return [head, ...(permitting ?? []).map((each) => `  by        ${said(each)}`)].join("\n");
  const { uncovered = [], uncoveredCount = 0 } = decision.verdict === "violation" ? decision : {};
  const more = uncoveredCount > uncovered.length ? ` and ${uncoveredCount - uncovered.length} more` : "";
  return [
    head,
    `  because   ${decision.reason}`,
    ...(note ? [`  note      ${note}`] : []),
    ...(uncovered.length > 0 ? [`  uncovered ${uncovered.join(" ")}${more}`] : []),
    `  would be  ${mode === "enforce" ? "revoked" : "reported (audit mode)"}`,
    `  nearest   ${near ? `${expired ? "expired: " : ""}${said(near)}` : "no statement in scope permits anything of this kind"}`,
    `  permit by ${statement ? said(statement) : "nothing"}`,
  ].join("\n");
}
