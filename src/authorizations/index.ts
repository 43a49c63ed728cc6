import type { Grant } from "#domain/grant.ts";
import type { OwnerWord, Source } from "#domain/source.ts";
import type { Authorization } from "./authorization.ts";
import type { EventReader } from "./event.ts";
import { attachingCalls } from "./vpc-rule/attaching-calls.ts";

/** The properties of an authorization that are available before its SDK client is loaded. */
export interface AuthorizationEntry {
  /** The event name of the call. */
  readonly name: string;
  /** The service of the call. */
  readonly service: string;
  /** The service, as WATCH names it, whose function handles the call's event. Absent: the service of the call. */
  readonly watch?: string;
  /** The services of the resources that it grants access to, as policies name them. */
  readonly opens: readonly string[];
  /** The kinds of source that it accepts. */
  readonly sources: readonly Source["kind"][];
  /** The words that it accepts in place of an account id. */
  readonly words: readonly OwnerWord[];
  /** The format of its resource names, when they have parts, such as `cluster/snapshot`. */
  readonly resource?: string;
  /** Its resource names are case-sensitive. AWS stores those of the other authorizations in lower case. */
  readonly keepsCase?: true;
  /** Its violations are reported and never revoked. */
  readonly reportOnly?: true;
  readonly load: () => Promise<{ readonly authorization: Authorization }>;
}

/** The properties of a watched event that are available before its reader is loaded. */
export interface EventEntry {
  /** The service, as WATCH names it, whose function handles the event. */
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

/** The authorization of VPC security group rules, which several events show. */
export const vpcRule: AuthorizationEntry = {
  name: "AuthorizeSecurityGroupIngress",
  service: "ec2",
  opens: ["elasticache", "redshift", "redshift-serverless"],
  sources: ["range", "securityGroup", "prefixList"],
  words: [],
  load: loadVpcRule,
};

/** The authorizations that only the event of the same name shows. One file has both the authorization and the event reader. */
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
  {
    name: "RegisterNamespace",
    service: "redshift",
    opens: ["redshift"],
    sources: ["account"],
    words: [],
    reportOnly: true,
    load: once(() => import("./register-namespace.ts")),
  },
  {
    name: "PutResourcePolicy",
    service: "redshift-serverless",
    watch: "redshift",
    opens: ["redshift-serverless"],
    sources: ["account"],
    words: [],
    resource: "snapshot/id",
    keepsCase: true,
    reportOnly: true,
    load: once(() => import("./put-resource-policy.ts")),
  },
] as const satisfies readonly (AuthorizationEntry & Pick<EventEntry, "load">)[];

/** Every authorization. */
export const authorizations: readonly AuthorizationEntry[] = [...simple, vpcRule];

/** Returns the authorization that gave a grant; undefined when there is none of this name and service. */
export function entryOf({ authorization, service }: Pick<Grant, "authorization" | "service">): AuthorizationEntry | undefined {
  return authorizations.find((each) => each.name === authorization && each.service === service);
}

/** Every watched event. A function loads only the event readers of the services that it watches. */
export const events: readonly EventEntry[] = [
  ...simple.map((authorization) => eventOf(authorization.name, authorization.service, authorization, authorization.load)),
  eventOf("AuthorizeSecurityGroupIngress", "ec2", vpcRule, async () => ({ event: (await loadVpcRule()).authorizeEvent })),
  eventOf("ModifySecurityGroupRules", "ec2", vpcRule, async () => ({ event: (await loadVpcRule()).modifyEvent })),
  ...["ModifyManagedPrefixList", "RestoreManagedPrefixListVersion"].map((eventName) =>
    eventOf(eventName, "ec2", vpcRule, async () => ({ event: (await loadVpcRule()).prefixListEvent })),
  ),
  ...attachingCalls.map(({ eventName, service }) => eventOf(eventName, service, vpcRule, loadAttachEvent)),
];

/** The entry of an event from the service `source`. The function that watches the authorization handles it: for VPC rules, always `ec2`. */
function eventOf(eventName: string, source: string, authorization: AuthorizationEntry, load: EventEntry["load"]): EventEntry {
  return { service: authorization.watch ?? authorization.service, eventSource: `${source}.amazonaws.com`, eventName, authorization, load };
}

/** Node resolves a module again at each import(), which takes as long as judging a grant. */
function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let promise: Promise<Module> | undefined;
  return () => (promise ??= load());
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
