import type { Authorization } from "../authorization.ts";

/** Which call an authorization is, known before its SDK client is loaded. */
export interface Entry {
  /** The service as policies, WATCH and outcomes name it. */
  readonly service: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly load: () => Promise<{ readonly authorization: Authorization }>;
}

/** Every call that is watched. One line each; a function loads only those of the services it watches. */
export const registry: readonly Entry[] = [
  {
    service: "elasticache",
    eventSource: "elasticache.amazonaws.com",
    eventName: "AuthorizeCacheSecurityGroupIngress",
    load: () => import("./authorize-cache-security-group-ingress.ts"),
  },
  {
    service: "redshift",
    eventSource: "redshift.amazonaws.com",
    eventName: "AuthorizeClusterSecurityGroupIngress",
    load: () => import("./authorize-cluster-security-group-ingress.ts"),
  },
];

/** The names that a policy may use. */
export const vocabulary: { readonly services: readonly string[]; readonly authorizations: readonly string[] } = {
  services: [...new Set(registry.map(({ service }) => service))],
  authorizations: registry.map(({ eventName }) => eventName),
};
