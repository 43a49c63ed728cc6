import type { Authorization } from "#authorizations/authorization.ts";
import type { Grant } from "#domain/grant.ts";
import type { Place } from "#domain/place.ts";
import { type Case, callOf, caseOf, cases } from "./authorizations.ts";
import { resourceOf } from "./grants.ts";

/** An EventBridge event, as far as tests change it. */
export interface Envelope {
  readonly account?: unknown;
  readonly detail: Detail;
  readonly [key: string]: unknown;
}

interface Detail {
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
  readonly [key: string]: unknown;
}

/** The EventBridge event of a call to a service; `detail` adds to its CloudTrail record, or overrides it. */
export function envelopeOf({ account, region }: Place, service: string, detail: Detail): Envelope {
  return {
    version: "0",
    id: "8f2c6ec8-cc41-49a3-ae3a-2b7fdfe01893",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${service}`,
    account,
    time: "2026-11-20T10:00:00Z",
    region,
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${account}:user/bob`, accountId: account },
      eventTime: "2026-11-20T10:00:00Z",
      eventSource: `${service}.amazonaws.com`,
      awsRegion: region,
      sourceIPAddress: "198.51.100.7",
      userAgent: "aws-cli/2",
      requestID: "74e69a5d-0dd2-4a65-bd62-8881ad1b72db",
      eventID: "f3aed0b6-c7ac-4491-9ef8-8334e647cb8f",
      recipientAccountId: account,
      ...detail,
    },
  };
}

/** The event of the call that gives a grant; `detail` overrides its record. */
export function eventOf(grant: Grant, detail: Record<string, unknown> = {}): Envelope {
  const { authorization, eventSource } = caseOf(grant.authorization);
  return envelopeOf(grant.place, grant.service, {
    eventSource,
    eventName: grant.authorization,
    requestParameters: parametersOf(authorization, grant),
    responseElements: null,
    ...detail,
  });
}

/** The same event, cut so that it names only the resource: the resource has to be listed. */
export function cutEventOf(grant: Grant): Envelope {
  return eventOf(grant, { requestParameters: { ...resourceParameters(grant), omitted: true } });
}

/** The same event with other members in its record. */
export function withDetail(event: Envelope, detail: Record<string, unknown>): Envelope {
  return { ...event, detail: { ...event.detail, ...detail } };
}

/** The requestParameters that name the resource: those that differ for another resource. */
export function resourceParameters(grant: Grant): Readonly<Record<string, unknown>> {
  const { authorization } = caseOf(grant.authorization);
  const other = parametersOf(authorization, { ...grant, resource: resourceOf(grant.authorization, "another") });
  const own = Object.entries(parametersOf(authorization, grant));
  const names = own.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(other[key]));
  if (names.length === 0) throw new Error(`The undo of ${grant.authorization} names no resource`);
  return Object.fromEntries(names);
}

/** CloudTrail writes a Query call's parameters with a lower-case first letter. */
function parametersOf(authorization: Authorization, grant: Grant): Record<string, unknown> {
  return inTrail(callOf(authorization, grant).input);
}

function inTrail(members: object): Record<string, unknown> {
  const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [lowerFirst(name), isObject(value) ? inTrail(value) : value]));
}

/** A name in CloudTrail's casing. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** An entry of the registry for another service. */
export function otherThan(entry: Case): Case {
  return cases.find(({ service }) => service !== entry.service) ?? entry;
}
