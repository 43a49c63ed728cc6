import { type AuthorizationEntry, authorizations, vocabulary, vpcRule } from "#authorizations/index.ts";
import { asStored } from "#cloudtrail/fields.ts";
import { type AccountId, accountId } from "#domain/account.ts";
import type { Grant } from "#domain/grant.ts";
import { isRegion, partitionOf } from "#domain/place.ts";
import { parseRange } from "#domain/range.ts";
import { isGroupId, type Owner, ownerWords, type Source } from "#domain/source.ts";
import { isPrintable, shown } from "#domain/text.ts";
import { UsageError } from "#domain/usage-error.ts";
import { prefixListProblem } from "#policy/checks.ts";
import { type Flags, textFlag } from "../command.ts";

/**
 * The grant that `explain`'s flags describe; two where a call of the service and a rule of a VPC security group before it
 * could be meant. Throws a UsageError for one that cannot be.
 */
export function grantsOf(flags: Flags): readonly [Grant, ...Grant[]] {
  const need = (name: string, why: string) => {
    const value = textFlag(flags, name);
    if (!value) throw new UsageError(`explain needs --${name}: ${why}`);
    return value;
  };
  const service = need("service", `one of ${vocabulary.services.join(", ")}`);
  if (!vocabulary.services.includes(service))
    throw new UsageError(`--service is ${shown(service)}: known are ${vocabulary.services.join(", ")}`);
  const source = sourceOf(flags);
  const entries = entriesFor(service, source, textFlag(flags, "authorization"));
  const account = readAccount(textFlag(flags, "account") ?? "000000000000", "--account");
  const region = textFlag(flags, "region") ?? "us-east-1";
  if (!isRegion(region)) throw new UsageError(`--region is ${shown(region)}: write a Region, such as eu-west-1`);
  const place = { partition: partitionOf(region), account, region };
  const named = need("resource", "the resource name");
  if (!isPrintable(named)) throw new UsageError(`--resource is ${shown(named)}: no such name can be stored`);
  const grantBy = ({ name, keepsCase, resource }: AuthorizationEntry): Grant => {
    if (resource && !/^[^/]+\/./.test(named)) throw new UsageError(`--resource is ${shown(named)}: write ${resource}, as in the ARN`);
    return { place, service, authorization: name, resource: keepsCase ? named : asStored(named), source };
  };
  const [first, ...others] = entries;
  return [grantBy(first), ...others.map(grantBy)];
}

/** The authorization that is meant: the one that is named, or the service's only one that accepts such a source, and the VPC rule if it does. */
function entriesFor(service: string, source: Source, named: string | undefined): readonly [AuthorizationEntry, ...AuthorizationEntry[]] {
  const candidates = authorizations.filter(({ opens }) => opens.includes(service));
  const meant = named === undefined ? candidates : candidates.filter(({ name }) => name === named);
  // The registry has the VPC rule last.
  const [entry, ...others] = meant.filter((each) => accepts(each, source));
  if (entry && others.every((each) => each === vpcRule)) return [entry, ...others];
  const names = (entries: readonly AuthorizationEntry[]) => entries.map(({ name }) => name).join(", ");
  if (entry) throw new UsageError(`explain needs --authorization, one of ${names([entry, ...others])}`);
  if (meant.length > 0)
    throw new UsageError(`${named ?? service} accepts no ${kindOf(source, meant)}; the calls of ${service} are ${names(candidates)}`);
  throw new UsageError(`--authorization is ${shown(named ?? "")}: ${service} has ${names(candidates)}`);
}

function accepts(entry: AuthorizationEntry, source: Source): boolean {
  const { sources, words } = entry;
  if (!sources.includes(source.kind)) return false;
  if (source.kind === "account") return words.some((word) => word === source.owner) || accountId(source.owner) !== undefined;
  // A VPC rule names a group by its id, the other calls by its name, which never begins as an id does.
  return source.kind !== "securityGroup" || isGroupId(source.securityGroup) === (entry === vpcRule);
}

/** What the calls do not accept: the kind of source, or else this source of its kind. */
function kindOf(source: Source, entries: readonly AuthorizationEntry[]): string {
  const kind = { range: "range", securityGroup: "security group", account: "account as a whole", prefixList: "prefix list" }[source.kind];
  if (!entries.some(({ sources }) => sources.includes(source.kind))) return kind;
  if (source.kind === "securityGroup") return `${kind} by its ${isGroupId(source.securityGroup) ? "id" : "name"}`;
  return source.kind === "account" ? source.owner : kind;
}

function sourceOf(flags: Flags): Source {
  const [range, owner, list, securityGroup] = ["range", "owner", "prefix-list", "security-group"].map((name) => textFlag(flags, name));
  if ([range, owner, list].filter((each) => each !== undefined).length !== 1)
    throw new UsageError("explain needs who is let in: one of --range, --owner or --prefix-list");
  if (securityGroup !== undefined && owner === undefined) throw new UsageError("--security-group goes with --owner only");
  if (range !== undefined) {
    if (!parseRange(range)) throw new UsageError(`--range is ${shown(range)}: write CIDR notation, such as 203.0.113.0/24`);
    return { kind: "range", range };
  }
  if (list !== undefined) {
    const problem = prefixListProblem(list);
    if (problem) throw new UsageError(`--prefix-list is ${shown(list)}: ${problem}`);
    return { kind: "prefixList", prefixList: list, entries: [] };
  }
  const known: Owner = ownerWords.find((each) => each === owner) ?? readAccount(owner ?? "", "--owner");
  if (securityGroup === undefined) return { kind: "account", owner: known };
  if (securityGroup === "" || !isPrintable(securityGroup) || (securityGroup.startsWith("sg-") && !isGroupId(securityGroup)))
    throw new UsageError(`--security-group is ${shown(securityGroup)}: no such name can be stored`);
  return { kind: "securityGroup", owner: readAccount(known, "--owner"), securityGroup };
}

function readAccount(text: string, flag: string): AccountId {
  const id = accountId(text);
  if (!id) throw new UsageError(`${flag} is ${shown(text)}: write an account id of twelve digits`);
  return id;
}
