import { hasOnlyKeys, itemsOf, storedNameOf, valuesOf } from "#cloudtrail/fields.ts";
import type { Grant } from "#domain/grant.ts";
import type { ReportOnly } from "./authorization.ts";
import { readConsumer } from "./consumers.ts";
import type { EventReader } from "./event.ts";
import { readResourceEvent } from "./resource-event.ts";

const requestKeys = ["namespaceIdentifier", "consumerIdentifiers"];

/**
 * Registers a cluster or a serverless namespace to the data catalogs of accounts. The resource is the cluster, or
 * `namespace/workgroup`.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_RegisterNamespace.html
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DeregisterNamespace.html
 */
export const authorization: ReportOnly = {
  list: undefined,

  reason: "AWS has no reliable list of registrations, which would show that the revoke took effect",

  give: (grants) => ({ operation: "RegisterNamespace", input: input(grants) }),

  remove: (grant) => ({ operation: "DeregisterNamespace", input: input([grant]) }),
};

/** Reads the event of the call, whose request names the resource and the sources. Its response has only a status. */
export const event: EventReader = readResourceEvent({
  service: "redshift",
  eventName: "RegisterNamespace",

  read({ requestParameters }) {
    const consumers = itemsOf(requestParameters, "consumerIdentifiers").map(readConsumer);
    const sources = consumers.filter((each) => each !== undefined);
    const isReadable = sources.length > 0 && sources.length === consumers.length;
    return { resource: resourceOf(requestParameters), sources, complete: isReadable && hasOnlyKeys(requestParameters, requestKeys) };
  },

  inResponse: () => [],

  list: undefined,
});

function input(grants: readonly Grant[]): { NamespaceIdentifier: object; ConsumerIdentifiers: readonly string[] } {
  const [{ resource = "" } = {}] = grants;
  const [NamespaceIdentifier, WorkgroupIdentifier] = resource.split("/");
  const identifier =
    WorkgroupIdentifier === undefined
      ? { ProvisionedIdentifier: { ClusterIdentifier: resource } }
      : { ServerlessIdentifier: { NamespaceIdentifier, WorkgroupIdentifier } };
  const consumers = grants.map(({ source }) => {
    if (source.kind !== "account") throw new TypeError(`A namespace is not registered to a ${source.kind}`);
    return source.consumerIdentifier ?? source.owner;
  });
  return { NamespaceIdentifier: identifier, ConsumerIdentifiers: consumers };
}

/** Returns the name of the one namespace that a request names, in lower case, as Redshift stores it. */
function resourceOf(requestParameters: unknown): string | undefined {
  const identifiers = valuesOf(requestParameters, "namespaceIdentifier");
  const clusters = identifiers.flatMap((each) => valuesOf(each, "provisionedIdentifier"));
  const namespaces = identifiers.flatMap((each) => valuesOf(each, "serverlessIdentifier"));
  if (clusters.length + namespaces.length !== 1) return undefined;
  const names =
    clusters.length === 1
      ? [partOf(clusters[0], "clusterIdentifier")]
      : [partOf(namespaces[0], "namespaceIdentifier"), partOf(namespaces[0], "workgroupIdentifier")];
  return names.includes(undefined) ? undefined : names.join("/");
}

/** Returns a part of a resource's name. One with a slash is rejected: it could read as another resource's name. */
function partOf(identifier: unknown, key: string): string | undefined {
  const name = storedNameOf(identifier, key);
  return name?.includes("/") ? undefined : name;
}
