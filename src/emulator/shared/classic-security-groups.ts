import { isDeepStrictEqual } from "node:util";
import { hasSettled, type Place, perPlace, settlesAt } from "../state.ts";
import { invalidValue, QueryError } from "../wire/errors.ts";
import { namedOrPage, type Page } from "../wire/paging.ts";
import { optional, type Parameters, required } from "../wire/parameters.ts";
import { asciiLowerCase } from "./identifiers.ts";

/** The source of an ingress rule: a range as given, with its host bits, or an EC2 security group by name and owner. */
export type Source = { readonly range: string } | { readonly securityGroup: string; readonly owner: string };

/** An ingress rule. The response to a change comes at once; the change takes effect when it settles (page API_EC2SecurityGroup, Status). */
export interface Ingress {
  readonly source: Source;
  status: "authorizing" | "authorized" | "revoking";
  settlesAt: number;
}

/** A security group of ElastiCache or Redshift, for stores outside a VPC. `name` is in lower case, as AWS stores it. */
export interface ClassicGroup {
  readonly name: string;
  readonly description: string;
  readonly tags: ReadonlyMap<string, string>;
  ingress: readonly Ingress[];
}

/** What differs between the services. */
interface GroupKind {
  /** The word in names of parameters and in error codes: CacheSecurityGroupName, ClusterSecurityGroupNotFound. */
  readonly noun: "CacheSecurityGroup" | "ClusterSecurityGroup";
  readonly maxIngress: number;
  readonly groupsOf: (place: Place) => Map<string, ClassicGroup>;
}

/** A kind of group. Each place starts with the group `default`, which no one can create or delete. */
export function defineGroups(noun: GroupKind["noun"], maxIngress: number): GroupKind {
  const groupsOf = perPlace(() => new Map([["default", newGroup("default", "default")]]));
  return { noun, maxIngress, groupsOf };
}

function newGroup(name: string, description: string, tags: ReadonlyMap<string, string> = new Map()): ClassicGroup {
  return { name, description, tags, ingress: [] };
}

/** Creates a group. Throws if its name is invalid or exists already. */
export function createGroup(
  { noun, groupsOf }: GroupKind,
  parameters: Parameters,
  place: Place,
  tags?: ReadonlyMap<string, string>,
): ClassicGroup {
  const name = asciiLowerCase(required(parameters, `${noun}Name`));
  const description = required(parameters, "Description");
  if (!isName(name)) throw invalidValue(`${noun}Name must be 1 to 255 letters, digits and hyphens: ${name}`);
  if (name === "default") throw invalidValue(`${noun}Name cannot be the word default.`);
  if (groupsOf(place).has(name)) throw new QueryError(`${noun}AlreadyExists`, 400, `${noun} ${name} already exists.`);
  const group = newGroup(name, description, tags);
  groupsOf(place).set(name, group);
  return group;
}

/** Deletes a group. Throws if it does not exist, is `default`, or has a change under way. */
export function deleteGroup(kind: GroupKind, parameters: Parameters, place: Place): void {
  const { name } = findAvailable(kind, parameters, place);
  // "You cannot delete the default security group": of the codes that these pages list, only this one fits.
  if (name === "default") throw new QueryError(`Invalid${kind.noun}State`, 400, "The default group cannot be deleted.");
  kind.groupsOf(place).delete(name);
}

/** Adds an ingress rule. With `createMissing`, an unknown group is created if its name is valid. */
export function authorizeIngress(kind: GroupKind, parameters: Parameters, place: Place, source: Source): ClassicGroup {
  const name = asciiLowerCase(required(parameters, `${kind.noun}Name`));
  const groups = kind.groupsOf(place);
  if (place.world.settings.createMissing && !groups.has(name) && isName(name)) groups.set(name, newGroup(name, "Created by the emulator"));
  const group = findAvailable(kind, parameters, place);
  if (ruleOf(group, source) !== undefined) {
    throw new QueryError("AuthorizationAlreadyExists", 400, `${nameOf(source)} is already authorized for ${name}.`);
  }
  if (group.ingress.length >= kind.maxIngress) {
    throw new QueryError("AuthorizationQuotaExceeded", 400, `${name} has ${kind.maxIngress} ingress rules already.`);
  }
  group.ingress = [...group.ingress, { source, status: "authorizing", settlesAt: settlesAt(place) }];
  return group;
}

/** Revokes the ingress rule with this source. Throws AuthorizationNotFound. */
export function revokeIngress(kind: GroupKind, parameters: Parameters, place: Place, source: Source): ClassicGroup {
  const group = findAvailable(kind, parameters, place);
  const rule = ruleOf(group, source);
  if (rule === undefined) {
    throw new QueryError("AuthorizationNotFound", 404, `${nameOf(source)} is not authorized for ${group.name}.`);
  }
  rule.status = "revoking";
  rule.settlesAt = settlesAt(place);
  return group;
}

/** The group that a request names, or the requested page of all that match. */
export function describeGroups(
  kind: GroupKind,
  parameters: Parameters,
  place: Place,
  matches: (group: ClassicGroup) => boolean = () => true,
): Page<ClassicGroup> {
  const name = optional(parameters, `${kind.noun}Name`);
  const named = name === undefined ? undefined : find(kind, asciiLowerCase(name), place);
  const all = [...kind.groupsOf(place).values()];
  for (const group of all) settle(group);
  return namedOrPage(named, all.filter(matches), parameters, place);
}

/** The EC2 security group of an ingress request. Hyphens in the owner are dropped, as in the sample on page API_RevokeCacheSecurityGroupIngress. */
export function readSecurityGroup(parameters: Parameters): Source {
  const securityGroup = required(parameters, "EC2SecurityGroupName");
  const owner = required(parameters, "EC2SecurityGroupOwnerId").replaceAll("-", "");
  if (!/^\d{12}$/.test(owner)) throw invalidValue(`EC2SecurityGroupOwnerId is not an account number: ${owner}`);
  return { securityGroup, owner };
}

function find({ noun, groupsOf }: GroupKind, name: string, place: Place): ClassicGroup {
  const group = groupsOf(place).get(name);
  if (group === undefined) throw new QueryError(`${noun}NotFound`, 404, `${noun} ${name} not found.`);
  settle(group);
  return group;
}

/** While one change is under way, every other is refused: "The state of the cluster security group is not available". */
function findAvailable(kind: GroupKind, parameters: Parameters, place: Place): ClassicGroup {
  const name = asciiLowerCase(required(parameters, `${kind.noun}Name`));
  const group = find(kind, name, place);
  if (group.ingress.every(({ status }) => status === "authorized")) return group;
  throw new QueryError(`Invalid${kind.noun}State`, 400, `The state of ${kind.noun} ${name} is not available.`);
}

function settle(group: ClassicGroup): void {
  group.ingress = group.ingress.filter((rule) => !(rule.status === "revoking" && hasSettled(rule)));
  for (const rule of group.ingress) if (hasSettled(rule)) rule.status = "authorized";
}

/** Rules are compared by their text: 10.0.0.1/8 is not 10.0.0.0/8. */
function ruleOf(group: ClassicGroup, source: Source): Ingress | undefined {
  return group.ingress.find((rule) => isDeepStrictEqual(rule.source, source));
}

function nameOf(source: Source): string {
  return "range" in source ? source.range : `${source.securityGroup} of ${source.owner}`;
}

/** "No more than 255 alphanumeric characters or hyphens". ElastiCache's page omits the hyphens, but its own samples have some. */
function isName(name: string): boolean {
  return /^[a-z0-9-]{1,255}$/.test(name);
}
