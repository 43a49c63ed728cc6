import type { OwnerWord, Source } from "#domain/source.ts";
import type { Authorization } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { attachingCalls } from "./vpc-rule/attaching-calls.ts";

/** What is known of an authorization before its SDK client is loaded. */
export interface AuthorizationEntry {
  /** AWS's name of the call. */
  readonly name: string;
  /** The service whose call it is. */
  readonly service: string;
  /** The services of the resources that it opens, as policies name them. */
  readonly opens: readonly string[];
  /** The kinds of source that it can grant access to. */
  readonly sources: readonly Source["kind"][];
  /** AWS's own words that it accepts in place of an account. */
  readonly words: readonly OwnerWord[];
  /** The form of its resources' names, when they have parts. */
  readonly resource?: string;
  /** Its resources' names may have capitals. AWS stores those of the others in lower case. */
  readonly keepsCase?: true;
  readonly load: () => Promise<{ readonly authorization: Authorization }>;
}

/** What is known of a watched event before its reader is loaded. */
export interface EventEntry {
  /** The service that WATCH names, whose function handles the event. */
  readonly service: string;
  readonly eventSource: string;
  readonly eventName: string;
  /** The authorization whose grants it shows. */
  readonly authorization: AuthorizationEntry;
  readonly load: () => Promise<{ readonly event: EventReader }>;
}

/** One chunk of the bundle: a function that watches one of these events watches all of them. */
const loadVpcRule = once(() => import("./vpc-rule/index.ts"));

const loadAttachEvent = async () => ({ event: (await loadVpcRule()).attachEvent });

/** The rule of a VPC security group, which several events show. */
export const vpcRule: AuthorizationEntry = {
  name: "AuthorizeSecurityGroupIngress",
  service: "ec2",
  opens: ["elasticache", "redshift", "redshift-serverless"],
  sources: ["range", "securityGroup", "prefixList"],
  words: [],
  load: loadVpcRule,
};

/** The authorizations that only an event of the same name shows; both are in one file. */
const simple = [
  {
    name: "AuthorizeCacheSecurityGroupIngress",
    service: "elasticache",
    opens: ["elasticache"],
    sources: ["securityGroup"],
    words: [],
    load: once(() => import("./authorize-cache-security-group-ingress.ts")),
  },
  {
    name: "AuthorizeClusterSecurityGroupIngress",
    service: "redshift",
    opens: ["redshift"],
    sources: ["range", "securityGroup"],
    words: [],
    load: once(() => import("./authorize-cluster-security-group-ingress.ts")),
  },
  {
    name: "AuthorizeEndpointAccess",
    service: "redshift",
    opens: ["redshift"],
    sources: ["account"],
    words: [],
    load: once(() => import("./authorize-endpoint-access.ts")),
  },
  {
    name: "AuthorizeSnapshotAccess",
    service: "redshift",
    opens: ["redshift"],
    sources: ["account"],
    words: ["amazon-redshift-support"],
    resource: "cluster/snapshot",
    load: once(() => import("./authorize-snapshot-access.ts")),
  },
  {
    name: "AuthorizeDataShare",
    service: "redshift",
    opens: ["redshift"],
    sources: ["account"],
    words: ["ADX"],
    resource: "namespace/share",
    keepsCase: true,
    load: once(() => import("./authorize-data-share.ts")),
  },
] as const satisfies readonly (AuthorizationEntry & Pick<EventEntry, "load">)[];

/** Every authorization, once. */
export const authorizations: readonly AuthorizationEntry[] = [...simple, vpcRule];

/** Every watched event. A function loads only the readers of the services that it watches. */
export const events: readonly EventEntry[] = [
  ...simple.map((authorization) => eventOf(authorization.name, authorization.service, authorization, authorization.load)),
  eventOf("AuthorizeSecurityGroupIngress", "ec2", vpcRule, async () => ({ event: (await loadVpcRule()).authorizeEvent })),
  eventOf("ModifySecurityGroupRules", "ec2", vpcRule, async () => ({ event: (await loadVpcRule()).modifyEvent })),
  ...attachingCalls.map(({ eventName, service }) => eventOf(eventName, service, vpcRule, loadAttachEvent)),
];

/** An event of a service; the function that revokes handles it, which for VPC rules is EC2's whichever service was called. */
function eventOf(eventName: string, source: string, authorization: AuthorizationEntry, load: EventEntry["load"]): EventEntry {
  return { service: authorization.service, eventSource: `${source}.amazonaws.com`, eventName, authorization, load };
}

/** Node looks a module up again at each import(), which takes as long as judging a grant. */
function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => (loaded ??= load());
}

/** The services that WATCH can name. */
export const watchable: readonly string[] = [...new Set(events.map(({ service }) => service))];

/** The names that a policy may use, and the sources that each call accepts. */
export const vocabulary: {
  readonly services: readonly string[];
  readonly authorizations: readonly string[];
  readonly calls: readonly (Pick<AuthorizationEntry, "sources" | "words"> & {
    readonly services: readonly string[];
    readonly authorization: string;
  })[];
} = {
  services: [...new Set(authorizations.flatMap(({ opens }) => opens))],
  authorizations: authorizations.map(({ name }) => name),
  calls: authorizations.map(({ name, opens, sources, words }) => ({ services: opens, authorization: name, sources, words })),
};
