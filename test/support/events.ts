import type { Authorization } from "#authorizations/authorization.ts";
import type { Grant } from "#domain/grant.ts";
import { type Case, caseOf, cases, resourceOf } from "./authorizations.ts";

/** An EventBridge event as far as tests change it. */
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

/** What CloudTrail and EventBridge make of the call that gives a grant; `detail` overrides what it says. */
export function eventOf(grant: Grant, detail: Record<string, unknown> = {}): Envelope {
  const { authorization, eventSource } = caseOf(grant.authorization);
  const { account, region } = grant.place;
  return {
    version: "0",
    id: "8f2c6ec8-cc41-49a3-ae3a-2b7fdfe01893",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${grant.service}`,
    account,
    time: "2026-11-20T10:00:00Z",
    region,
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${account}:user/bob`, accountId: account },
      eventTime: "2026-11-20T10:00:00Z",
      eventSource,
      eventName: grant.authorization,
      awsRegion: region,
      sourceIPAddress: "198.51.100.7",
      userAgent: "aws-cli/2",
      requestParameters: logged(authorization, grant),
      responseElements: null,
      requestID: "74e69a5d-0dd2-4a65-bd62-8881ad1b72db",
      eventID: "f3aed0b6-c7ac-4491-9ef8-8334e647cb8f",
      recipientAccountId: account,
      ...detail,
    },
  };
}

/** The same, cut so that nothing but the resource can be told from it: the resource has to be listed. */
export function cutEventOf(grant: Grant): Envelope {
  return eventOf(grant, { requestParameters: { ...resourceSaid(grant), omitted: true } });
}

/** The part of requestParameters that names the resource: what is another for another resource. */
export function resourceSaid(grant: Grant): Readonly<Record<string, unknown>> {
  const { authorization } = caseOf(grant.authorization);
  const other = logged(authorization, { ...grant, resource: resourceOf(grant.authorization, "another") });
  const said = Object.entries(logged(authorization, grant)).filter(([key, value]) => value !== other[key] && typeof value === "string");
  if (said.length === 0) throw new Error(`The undo of ${grant.authorization} names no resource`);
  return Object.fromEntries(said);
}

/** CloudTrail writes a Query call's members with the first letter, and only that, in lower case. */
function logged(authorization: Authorization, grant: Grant): Record<string, unknown> {
  const members = Object.entries(authorization.undo(grant).input);
  return Object.fromEntries(members.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]));
}

/** The pair of another entry of the registry: a real call, but not one of this service. */
export function otherThan(entry: Case): Case {
  return cases.find(({ service }) => service !== entry.service) ?? entry;
}
