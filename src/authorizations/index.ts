import type { OwnerWord, Source } from "#domain/grant.ts";
import type { Authorization } from "./authorization.ts";
import { attachments } from "./vpc-rule/attachments.ts";

/** Which call an authorization is, known before its SDK client is loaded. */
export interface Entry {
  /** The service that WATCH names, whose function handles it. */
  readonly service: string;
  readonly eventSource: string;
  readonly eventName: string;
  /** The services of what it guards, as policies name them, when that is not its own. */
  readonly guards?: readonly string[];
  /** Whom it can let in. */
  readonly sources: readonly Source["kind"][];
  /** AWS's own words that it takes where others name an account. */
  readonly words?: readonly OwnerWord[];
  /** The form of its resources' names, where they have parts. */
  readonly resource?: string;
  /** Its resources' names may have capitals; AWS stores the others in lower case. */
  readonly keepsCase?: true;
  /** The authorization that its grants are of, when that is not its own event's. */
  readonly gives?: string;
  readonly load: () => Promise<{ readonly authorization: Authorization }>;
}

/** What a rule of a VPC security group lets someone reach, and the call that gives it, whichever event shows it. */
const vpcRule: Pick<Entry, "service" | "guards" | "gives" | "sources"> = {
  service: "ec2",
  guards: ["elasticache", "redshift", "redshift-serverless"],
  gives: "AuthorizeSecurityGroupIngress",
  sources: ["range", "securityGroup", "prefixList"],
};

/** Every call that is watched. One line each; a function loads only those of the services it watches. */
export const registry: readonly Entry[] = onceLoaded([
  {
    service: "elasticache",
    eventSource: "elasticache.amazonaws.com",
    eventName: "AuthorizeCacheSecurityGroupIngress",
    sources: ["securityGroup"],
    load: () => import("./authorize-cache-security-group-ingress.ts"),
  },
  {
    service: "redshift",
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeClusterSecurityGroupIngress",
    sources: ["range", "securityGroup"],
    load: () => import("./authorize-cluster-security-group-ingress.ts"),
  },
  {
    service: "redshift",
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeEndpointAccess",
    sources: ["account"],
    load: () => import("./authorize-endpoint-access.ts"),
  },
  {
    service: "redshift",
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeSnapshotAccess",
    sources: ["account"],
    words: ["amazon-redshift-support"],
    resource: "cluster/snapshot",
    load: () => import("./authorize-snapshot-access.ts"),
  },
  {
    service: "redshift",
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeDataShare",
    sources: ["account"],
    words: ["ADX"],
    resource: "namespace/share",
    keepsCase: true,
    load: () => import("./authorize-data-share.ts"),
  },
  {
    ...vpcRule,
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    load: () => import("./vpc-rule/authorize-event.ts"),
  },
  {
    ...vpcRule,
    eventSource: "ec2.amazonaws.com",
    eventName: "ModifySecurityGroupRules",
    load: () => import("./vpc-rule/modify-event.ts"),
  },
  ...attachments.map(({ service, eventName }) => ({
    ...vpcRule,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    load: () => import("./vpc-rule/attach-event.ts"),
  })),
]);

/** Node looks a module up again at each import(), which takes as long as judging a grant. */
function onceLoaded(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((entry) => {
    let loaded: ReturnType<Entry["load"]> | undefined;
    return { ...entry, load: () => (loaded ??= entry.load()) };
  });
}

/** The services that WATCH can name. */
export const watchable: readonly string[] = [...new Set(registry.map(({ service }) => service))];

/** The names that a policy may use, and what they can let in. */
export const vocabulary: {
  readonly services: readonly string[];
  readonly authorizations: readonly string[];
  readonly calls: readonly (Required<Pick<Entry, "sources" | "words">> & {
    readonly services: readonly string[];
    readonly authorization: string;
  })[];
} = {
  services: [...new Set(registry.flatMap(({ service, guards }) => guards ?? [service]))],
  authorizations: [...new Set(registry.map(({ eventName, gives }) => gives ?? eventName))],
  calls: registry
    .filter(({ eventName, gives = eventName }) => gives === eventName)
    .map(({ service, guards = [service], eventName, sources, words = [] }) => ({
      services: guards,
      authorization: eventName,
      sources,
      words,
    })),
};
