import { randomBytes } from "node:crypto";
import { partitionOf } from "../arn.ts";
import type { Caller } from "../operation.ts";
import { perWorld, type World } from "../state.ts";
import type { SignedQuery } from "../wire/request.ts";
import { expiredToken, invalidToken } from "./token-errors.ts";

/** A role that every caller may assume who states its external id. */
export interface Role {
  /** Such as "arn:aws:iam::123456789012:role/path/name". */
  readonly arn: string;
  /** The sts:ExternalId that its trust policy requires; default: none. */
  readonly externalId?: string;
  /** How long its sessions last, whatever DurationSeconds a request has, so that a test need not wait. */
  readonly sessionSeconds?: number;
  /** The account that its sessions act in; default: the account in the ARN. Another one does not occur at AWS: it is for callers that check. */
  readonly answersFor?: string;
}

/** Temporary credentials, and who their holder is. */
export interface Session extends Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
  /** On the clock of `performance.now()`. */
  readonly expiresAt: number;
}

const rolesOf = perWorld(() => new Map<string, Role>());
const sessionsOf = perWorld(() => new Map<string, Session>());

/** Adds a role, or replaces the one with its ARN. Throws if the ARN is not that of a role. */
export function addRole(role: Role, world: World): void {
  partsOf(role);
  rolesOf(world).set(role.arn, role);
}

/** The role with this ARN, if there is one. */
export function findRole(arn: string, world: World): Role | undefined {
  return rolesOf(world).get(arn);
}

/**
 * Starts a session. Its ARN has the name of the role without the path, and its user id the id of the role and the name of the session (IAM
 * User Guide, "IAM identifiers" and the Principal table of "IAM policy elements: Variables").
 */
export function startSession(role: Role, name: string, seconds: number, world: World): Session {
  const { partition, account, roleName } = partsOf(role);
  const owner = role.answersFor ?? account;
  const sessions = sessionsOf(world);
  // "ASIA" begins the ids of temporary access keys ("IAM identifiers", "Understanding unique ID prefixes").
  const accessKeyId = `ASIAEMULATED${String(sessions.size + 1).padStart(8, "0")}`;
  const session: Session = {
    account: owner,
    arn: `arn:${partition}:sts::${owner}:assumed-role/${roleName}/${name}`,
    userId: `AROAEMULATED:${name}`,
    accessKeyId,
    secretAccessKey: randomBytes(30).toString("base64"),
    token: randomBytes(96).toString("base64"),
    expiresAt: performance.now() + seconds * 1000,
  };
  sessions.set(accessKeyId, session);
  return session;
}

/** Who signed a request: a session, or a user of the account that the access key id is or, if it is none, of 123456789012. */
export function callerOf({ accessKeyId, region }: SignedQuery, world: World): Caller {
  const session = sessionsOf(world).get(accessKeyId);
  if (session !== undefined) return session;
  const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : "123456789012";
  return { account, arn: `arn:${partitionOf(region)}:iam::${account}:user/emulated`, userId: "AIDAEMULATED" };
}

/** Throws if the request is signed with a temporary access key that is unknown, lacks its session token, or is expired. */
export function checkSession({ accessKeyId, sessionToken, service }: SignedQuery, world: World): void {
  if (!accessKeyId.startsWith("ASIA")) return;
  const session = sessionsOf(world).get(accessKeyId);
  if (session === undefined || session.token !== sessionToken) throw invalidToken(service);
  if (session.expiresAt <= performance.now()) throw expiredToken(service);
}

function partsOf({ arn }: Role): { partition: string; account: string; roleName: string } {
  const [, partition = "", account = "", roleName = ""] =
    /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (roleName === "") throw new Error(`addRole: ${arn} is not the ARN of a role: write one such as arn:aws:iam::123456789012:role/name`);
  return { partition, account, roleName };
}
