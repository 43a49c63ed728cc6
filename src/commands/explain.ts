import { type Entry, registry, vocabulary } from "../authorizations/index.ts";
import { asStored, isRegion, partitionOf } from "../cloudtrail.ts";
import { type AccountId, accountId } from "../domain/account.ts";
import { counts, decide } from "../domain/decide.ts";
import { type Grant, type Owner, ownerWords, type Source } from "../domain/grant.ts";
import { nearest } from "../domain/nearest.ts";
import { modeFor } from "../domain/policy.ts";
import { parseRange } from "../domain/range.ts";
import { isPrintable, printable } from "../domain/text.ts";
import { permitWith, sourceText } from "../outcome.ts";
import type { PolicyFile } from "../policy-file.ts";
import { UsageError } from "../usage-error.ts";
import { type Command, type Flags, textFlag } from "./command.ts";
import { policyFlags, policyOf, timeOf } from "./policy-flag.ts";

/** `explain`: judges one grant that is described by flags. */
export const explain: Command = {
  name: "explain",
  usage:
    "explain --service S [--authorization NAME] --resource R (--range CIDR | --owner ID [--security-group NAME]) [--account A] [--region R]",
  summary: "Say what the policy makes of a grant, and which statement permits it or comes nearest.",
  options: {
    service: { type: "string", help: `The service: ${vocabulary.services.join(" or ")}.` },
    authorization: { type: "string", help: "The call, by its event name; needed where several can let in such a source." },
    resource: { type: "string", help: "The name of what is opened." },
    range: { type: "string", help: "Who is let in: a range in CIDR notation." },
    owner: { type: "string", help: "Who is let in: an account." },
    "security-group": { type: "string", help: "Only this security group of the owner." },
    account: { type: "string", help: "The account that holds the resource, for self and accounts (default 000000000000)." },
    region: { type: "string", help: "Its Region (default us-east-1)." },
    ...policyFlags,
    json: { type: "boolean", help: "Print one JSON object." },
  },
  async run({ flags, positionals }) {
    if (positionals.length > 0) throw new UsageError(`explain takes flags only, not ${printable(JSON.stringify(positionals[0]), 80)}`);
    const file = await policyOf(flags);
    const grant = grantOf(flags);
    const explanation = explanationOf(grant, file, timeOf(flags));
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
  const expired = near !== undefined && !counts(near, at);
  return {
    grant,
    mode,
    decision,
    nearest: document.permit.find(({ name }) => name === near?.name),
    expired,
    permitWith: permitWith(grant),
  };
}

function inWords({
  grant,
  mode,
  decision,
  permitting,
  nearest: near,
  expired,
  permitWith: statement,
}: ReturnType<typeof explanationOf>): string {
  const { service, resource, source, place } = grant;
  const where = `${service} ${printable(resource, 255)} (${place.account}, ${place.region})`;
  const head = `${decision.verdict}  ${where}  ${printable(sourceText(source), 512)}  by ${grant.authorization}`;
  const said = (statement: object) => printable(JSON.stringify(statement), 1024);
  if (decision.verdict === "permitted") return [head, ...(permitting ?? []).map((each) => `  by        ${said(each)}`)].join("\n");
  const { uncovered = [], uncoveredCount = 0 } = decision.verdict === "violation" ? decision : {};
  const more = uncoveredCount > uncovered.length ? ` and ${uncoveredCount - uncovered.length} more` : "";
  return [
    head,
    `  because   ${decision.reason}`,
    ...(uncovered.length > 0 ? [`  uncovered ${uncovered.join(" ")}${more}`] : []),
    `  would be  ${mode === "enforce" ? "revoked" : "reported (audit mode)"}`,
    `  nearest   ${near ? `${expired ? "expired: " : ""}${said(near)}` : "no statement in scope permits anything of this kind"}`,
    `  permit by ${statement ? said(statement) : "nothing"}`,
  ].join("\n");
}

function grantOf(flags: Flags): Grant {
  const need = (name: string, why: string) => {
    const value = textFlag(flags, name);
    if (!value) throw new UsageError(`explain needs --${name}: ${why}`);
    return value;
  };
  const service = need("service", `one of ${vocabulary.services.join(", ")}`);
  if (!vocabulary.services.includes(service))
    throw new UsageError(`--service is ${shown(service)}: known are ${vocabulary.services.join(", ")}`);
  const source = sourceOf(flags);
  const { eventName, gives, keepsCase } = entryFor(service, source, textFlag(flags, "authorization"));
  const account = readAccount(textFlag(flags, "account") ?? "000000000000", "--account");
  const region = textFlag(flags, "region") ?? "us-east-1";
  if (!isRegion(region)) throw new UsageError(`--region is ${shown(region)}: write a Region, such as eu-west-1`);
  const place = { partition: partitionOf(region), account, region };
  const named = need("resource", "the name of what is opened");
  if (!isPrintable(named)) throw new UsageError(`--resource is ${shown(named)}: no such name can be stored`);
  return { place, service, authorization: gives ?? eventName, resource: keepsCase ? named : asStored(named), source };
}

/** The call that is meant: the one that is named, or the only one on the service's own resources that can let in such a source. */
function entryFor(service: string, { kind }: Source, asked: string | undefined): Entry {
  const candidates = registry.filter((entry) => (entry.guards ?? [entry.service]).includes(service));
  const nameOf = ({ eventName, gives }: Entry) => gives ?? eventName;
  const named = asked === undefined ? candidates : candidates.filter((entry) => nameOf(entry) === asked);
  const fitting = named.filter(({ sources }) => sources.includes(kind));
  const own = fitting.filter(({ guards }) => !guards);
  const [entry, ...others] = own.length > 0 ? own : fitting;
  if (entry && others.every((other) => nameOf(other) === nameOf(entry))) return entry;
  const names = (entries: readonly Entry[]) => [...new Set(entries.map(nameOf))].join(", ");
  if (entry) throw new UsageError(`explain needs --authorization, one of ${names([entry, ...others])}`);
  if (named.length > 0)
    throw new UsageError(`${asked ?? service} lets in no ${kindWords[kind]}; the calls of ${service} are ${names(candidates)}`);
  throw new UsageError(`--authorization is ${shown(asked ?? "")}: ${service} has ${names(candidates)}`);
}

const kindWords = { range: "range", securityGroup: "security group", account: "account as a whole", prefixList: "prefix list" } as const;

function sourceOf(flags: Flags): Source {
  const [range, owner, securityGroup] = ["range", "owner", "security-group"].map((name) => textFlag(flags, name));
  if ((range === undefined) === (owner === undefined)) throw new UsageError("explain needs who is let in: either --range or --owner");
  if (range !== undefined) {
    if (securityGroup !== undefined) throw new UsageError("--security-group goes with --owner, not with --range");
    if (!parseRange(range)) throw new UsageError(`--range is ${shown(range)}: write CIDR notation, such as 203.0.113.0/24`);
    return { kind: "range", range };
  }
  const word = ownerWords.find((each) => each === owner);
  const known: Owner = word ?? readAccount(owner ?? "", "--owner");
  if (securityGroup === undefined) return { kind: "account", owner: known };
  return { kind: "securityGroup", owner: readAccount(known, "--owner"), securityGroup };
}

function readAccount(text: string, flag: string): AccountId {
  const id = accountId(text);
  if (!id) throw new UsageError(`${flag} is ${shown(text)}: write an account id of twelve digits`);
  return id;
}

function shown(text: string): string {
  return printable(JSON.stringify(text), 80);
}
