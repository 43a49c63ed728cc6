import { isDeepStrictEqual } from "node:util";
import type { Settings } from "../state.ts";
import { type Page, pageOf } from "../wire/paging.ts";
import { invalidValue, optional, type Parameters, QueryError, required } from "../wire/query.ts";

/** Who an ingress rule lets in: a range as given, host bits and all, or an EC2 security group by name and owner. */
export type Source = { readonly range: string } | { readonly securityGroup: string; readonly owner: string };

/** An ingress rule. A change is answered at once and takes effect when it settles, as the Status of page API_EC2SecurityGroup tells. */
export interface Ingress {
  readonly source: Source;
  status: "authorizing" | "authorized" | "revoking";
  settlesAt: number;
}

/** A security group of a service. `name` is in lower case, as stored. */
export interface Group {
  readonly name: string;
  readonly description: string;
  readonly tags: ReadonlyMap<string, string>;
  ingress: readonly Ingress[];
}

/** What differs between services. `noun` is the word in parameters and codes: CacheSecurityGroupName, ClusterSecurityGroupNotFound. */
interface Rules {
  readonly noun: "CacheSecurityGroup" | "ClusterSecurityGroup";
  readonly maxIngress: number;
}

/** The security groups of one place, with everything that the services have in common. */
interface SecurityGroups {
  create(parameters: Parameters, tags: ReadonlyMap<string, string>): Group;
  remove(parameters: Parameters): void;
  authorize(parameters: Parameters, source: Source): Group;
  revoke(parameters: Parameters, source: Source): Group;
  /** The group that is named, or a page of all that match. */
  describe(parameters: Parameters, matches?: (group: Group) => boolean): Page<Group>;
}

/** Opens an empty place: it holds the group `default`, which AWS lets nobody create or delete. */
export function openSecurityGroups({ noun, maxIngress }: Rules, settings: Settings): SecurityGroups {
  const groups = new Map<string, Group>();
  const add = (name: string, description: string, tags: ReadonlyMap<string, string>): Group => {
    const group: Group = { name, description, tags, ingress: [] };
    groups.set(name, group);
    return group;
  };
  add("default", "default", new Map());

  const nameIn = (parameters: Parameters) => stored(required(parameters, `${noun}Name`));

  const find = (name: string): Group => {
    const group = groups.get(name);
    if (group === undefined) throw new QueryError(`${noun}NotFound`, 404, `${noun} ${name} not found.`);
    settle(group);
    return group;
  };

  /** Another change is refused while one is under way: "The state of the cluster security group is not available". */
  const findAvailable = (name: string): Group => {
    const group = find(name);
    if (group.ingress.some(({ status }) => status !== "authorized")) {
      throw new QueryError(`Invalid${noun}State`, 400, `The state of ${noun} ${name} is not available.`);
    }
    return group;
  };

  return {
    create(parameters, tags) {
      const name = nameIn(parameters);
      const description = required(parameters, "Description");
      checkName(name, `${noun}Name`);
      if (groups.has(name)) throw new QueryError(`${noun}AlreadyExists`, 400, `${noun} ${name} already exists.`);
      return add(name, description, tags);
    },

    remove(parameters) {
      const { name } = findAvailable(nameIn(parameters));
      // "You cannot delete the default security group": of the codes these pages list, only this one can mean it.
      if (name === "default") throw new QueryError(`Invalid${noun}State`, 400, "The default group cannot be deleted.");
      groups.delete(name);
    },

    authorize(parameters, source) {
      const name = nameIn(parameters);
      if (settings.createMissing && !groups.has(name) && isName(name)) add(name, "Created by the emulator", new Map());
      const group = findAvailable(name);
      if (ruleFor(group, source) !== undefined) {
        throw new QueryError("AuthorizationAlreadyExists", 400, `${nameOf(source)} is already authorized for ${name}.`);
      }
      if (group.ingress.length >= maxIngress) {
        throw new QueryError("AuthorizationQuotaExceeded", 400, `${name} has ${maxIngress} ingress rules already.`);
      }
      const rule: Ingress = { source, status: "authorizing", settlesAt: performance.now() + settings.settleMs };
      group.ingress = [...group.ingress, rule];
      return group;
    },

    revoke(parameters, source) {
      const group = findAvailable(nameIn(parameters));
      const rule = ruleFor(group, source);
      if (rule === undefined) {
        throw new QueryError("AuthorizationNotFound", 404, `${nameOf(source)} is not authorized for ${group.name}.`);
      }
      rule.status = "revoking";
      rule.settlesAt = performance.now() + settings.settleMs;
      return group;
    },

    describe(parameters, matches = () => true) {
      const name = optional(parameters, `${noun}Name`);
      if (name !== undefined) return { items: [find(stored(name))], marker: [] };
      for (const group of groups.values()) settle(group);
      return pageOf([...groups.values()].filter(matches), parameters, settings);
    },
  };
}

/** Reads the EC2 security group of an ingress call. Its owner loses hyphens, as in the sample of page API_RevokeCacheSecurityGroupIngress. */
export function readSecurityGroup(parameters: Parameters): Source {
  const securityGroup = required(parameters, "EC2SecurityGroupName");
  const owner = required(parameters, "EC2SecurityGroupOwnerId").replaceAll("-", "");
  if (!/^\d{12}$/.test(owner)) throw invalidValue(`EC2SecurityGroupOwnerId is not an account number: ${owner}`);
  return { securityGroup, owner };
}

/** Changes whose time has come take effect when somebody looks; there are no timers. */
function settle(group: Group): void {
  const now = performance.now();
  const settled = (rule: Ingress) => rule.settlesAt <= now;
  group.ingress = group.ingress.filter((rule) => !(rule.status === "revoking" && settled(rule)));
  for (const rule of group.ingress) if (settled(rule)) rule.status = "authorized";
}

/** The same rule by exact text: 10.0.0.1/8 is not 10.0.0.0/8. */
function ruleFor(group: Group, source: Source): Ingress | undefined {
  return group.ingress.find((rule) => isDeepStrictEqual(rule.source, source));
}

function nameOf(source: Source): string {
  return "range" in source ? source.range : `${source.securityGroup} of ${source.owner}`;
}

/** Names are stored in lower case. ASCII only: the Kelvin sign must not become the letter k. */
function stored(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** "No more than 255 alphanumeric characters or hyphens". ElastiCache's page leaves out the hyphens that its own samples use. */
function isName(name: string): boolean {
  return /^[a-z0-9-]{1,255}$/.test(name);
}

function checkName(name: string, parameter: string): void {
  if (!isName(name)) throw invalidValue(`${parameter} must be 1 to 255 letters, digits and hyphens: ${name}`);
  if (name === "default") throw invalidValue(`${parameter} cannot be the word default.`);
}
