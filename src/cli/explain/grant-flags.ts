import { type AuthorizationEntry, authorizations, vocabulary, vpcRule } from "#authorizations/index.ts";
import { toStoredName } from "#cloudtrail/fields.ts";
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
 * Returns the grant that the flags of `explain` describe, once for each call that can give it: the service's own calls first. Throws a
 * UsageError for missing or invalid flags, and for a grant that cannot exist.
 */
export function grantsOf(flags: Flags): readonly [Grant, ...Grant[]] {
  const need = (name: string, why: string) => {
    const value = textFlag(flags, name);
    if (!value) throw new UsageError(`explain needs --${name}: ${why}`);
    return value;
  };
  const service = need("service", `one of ${vocabulary.services.join(", ")}`);
  if (!vocabulary.services.includes(service))
    throw new UsageError(`--service is ${shown(service)}: valid services are ${vocabulary.services.join(", ")}`);
  const account = readAccount(textFlag(flags, "account") ?? "000000000000", "--account");
  const source = sourceOf(flags, account);
  const entries = entriesFor(service, source, textFlag(flags, "authorization"));
  const region = textFlag(flags, "region") ?? "us-east-1";
  if (!isRegion(region)) throw new UsageError(`--region is ${shown(region)}: write a Region, such as eu-west-1`);
  const place = { partition: partitionOf(region), account, region };
  const resourceName = need("resource", "the resource name");
  if (!isPrintable(resourceName)) throw new UsageError(`--resource is ${shown(resourceName)}: AWS accepts no such name`);
  const grantBy = ({ name, keepsCase }: AuthorizationEntry): Grant => {
    return { place, service, authorization: name, resource: keepsCase ? resourceName : toStoredName(resourceName), source };
  };
  // A name without a slash is no snapshot and no datashare.
  const [first, ...others] = entries.filter(({ resource }) => !resource || /^[^/]+\/./.test(resourceName)).map(grantBy);
  if (first) return [first, ...others];
  const formats = entries.map(({ resource }) => resource).join(" or ");
  throw new UsageError(`--resource is ${shown(resourceName)}: write ${formats}, as in the ARN`);
}

/** Returns the authorizations of the service that accept the source, or the one with the given name. */
function entriesFor(
  service: string,
  source: Source,
  authorization: string | undefined,
): readonly [AuthorizationEntry, ...AuthorizationEntry[]] {
  const candidates = authorizations.filter(({ opens }) => opens.includes(service));
  const chosen = authorization === undefined ? candidates : candidates.filter(({ name }) => name === authorization);
  const [entry, ...others] = chosen.filter((each) => accepts(each, source));
  if (entry) return [entry, ...others];
  const names = (entries: readonly AuthorizationEntry[]) => entries.map(({ name }) => name).join(", ");
  if (chosen.length > 0)
    throw new UsageError(
      `${authorization ?? service} accepts no ${kindOf(source, chosen)}; the authorizations of ${service} are ${names(candidates)}`,
    );
  throw new UsageError(`--authorization is ${shown(authorization ?? "")}: the authorizations of ${service} are ${names(candidates)}`);
}

function accepts(entry: AuthorizationEntry, source: Source): boolean {
  const { sources, words } = entry;
  if (!sources.includes(source.kind)) return false;
  if (source.kind === "account") return words.some((word) => word === source.owner) || accountId(source.owner) !== undefined;
  // A VPC rule names a group by its id, the other calls by its name. A name never begins with sg-.
  return source.kind !== "securityGroup" || isGroupId(source.securityGroup) === (entry === vpcRule);
}

/** Returns what the calls do not accept: the kind of source, or this source if they accept others of its kind. */
function kindOf(source: Source, entries: readonly AuthorizationEntry[]): string {
  const kind = { range: "range", securityGroup: "security group", account: "account as a whole", prefixList: "prefix list" }[source.kind];
  if (!entries.some(({ sources }) => sources.includes(source.kind))) return kind;
  if (source.kind === "securityGroup") return `${kind} by its ${isGroupId(source.securityGroup) ? "id" : "name"}`;
  return source.kind === "account" ? source.owner : kind;
}

/** Reads the source from the flags; `self` is the account that holds the resource. Throws a UsageError. */
function sourceOf(flags: Flags, self: AccountId): Source {
  const [range, owner, list, securityGroup] = ["range", "owner", "prefix-list", "security-group"].map((name) => textFlag(flags, name));
  if ([range, owner, list].filter((each) => each !== undefined).length !== 1)
    throw new UsageError("explain needs exactly one source: --range, --owner or --prefix-list");
  if (securityGroup !== undefined && owner === undefined) throw new UsageError("--security-group requires --owner");
  if (range !== undefined) {
    if (!parseRange(range)) throw new UsageError(`--range is ${shown(range)}: write CIDR notation, such as 203.0.113.0/24`);
    return { kind: "range", range };
  }
  if (list !== undefined) {
    const problem = prefixListProblem(list);
    if (problem) throw new UsageError(`--prefix-list is ${shown(list)}: ${problem}`);
    return { kind: "prefixList", prefixList: list, entries: [] };
  }
  const ownerId: Owner = ownerWords.find((each) => each === owner) ?? (owner === "self" ? self : readAccount(owner ?? "", "--owner"));
  if (securityGroup === undefined) return { kind: "account", owner: ownerId };
  if (securityGroup === "" || !isPrintable(securityGroup) || (securityGroup.startsWith("sg-") && !isGroupId(securityGroup)))
    throw new UsageError(`--security-group is ${shown(securityGroup)}: AWS accepts no such name`);
  return { kind: "securityGroup", owner: readAccount(ownerId, "--owner"), securityGroup };
}

function readAccount(text: string, flag: "--account" | "--owner"): AccountId {
  const id = accountId(text);
  const orSelf = flag === "--owner" ? ", or self" : "";
  if (!id) throw new UsageError(`${flag} is ${shown(text)}: write an account id of 12 digits${orSelf}`);
  return id;
}
