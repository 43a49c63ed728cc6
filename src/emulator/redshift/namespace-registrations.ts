import type { ActionGroup, Operation } from "../operation.ts";
import { type Place, perPlace } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { invalidCombination, invalidValue, QueryError } from "../wire/errors.ts";
import { list, type Parameters, required } from "../wire/parameters.ts";
import { findAvailableCluster } from "./cluster-state.ts";

/** The consumers of each registered namespace of a place, by its cluster, or its namespace and workgroup. No action lists them. */
const registrationsOf: (place: Place) => Map<string, Set<string>> = perPlace(() => new Map());

/**
 * Page API_RegisterNamespace. AWS does not document that a second registration is refused. A serverless namespace is not looked up:
 * it belongs to another API.
 */
const register: Operation = (parameters, place) => {
  const registrations = registrationsOf(place);
  const name = readNamespace(parameters, place);
  registrations.set(name, new Set([...(registrations.get(name) ?? []), ...readConsumers(parameters)]));
  return [["Status", "Registering"]];
};

/** Page API_DeregisterNamespace. */
const deregister: Operation = (parameters, place) => {
  const registered = registrationsOf(place).get(readNamespace(parameters, place));
  for (const consumer of readConsumers(parameters))
    if (!registered?.delete(consumer))
      throw new QueryError("InvalidNamespaceFault", 400, `The namespace is not registered to ${consumer}.`);
  return [["Status", "Deregistering"]];
};

/** Registrations of Redshift's namespaces to data catalogs. */
export const namespaceRegistrations: ActionGroup = {
  api: redshift,
  operations: { RegisterNamespace: register, DeregisterNamespace: deregister },
};

/** Page API_NamespaceIdentifierUnion: exactly one of its members. */
function readNamespace(parameters: Parameters, place: Place): string {
  const [cluster, namespace] = ["ProvisionedIdentifier.ClusterIdentifier", "ServerlessIdentifier.NamespaceIdentifier"].map(
    (member) => `NamespaceIdentifier.${member}`,
  ) as [string, string];
  if (parameters.has(cluster) === parameters.has(namespace)) throw invalidCombination("Specify exactly one namespace identifier.");
  if (parameters.has(cluster)) return findAvailableCluster(place, required(parameters, cluster)).name;
  const workgroup = required(parameters, "NamespaceIdentifier.ServerlessIdentifier.WorkgroupIdentifier");
  return `${required(parameters, namespace)}/${workgroup}`;
}

/** "The ID of the consumer account" (page API_RegisterNamespace), or its catalog (terraform-provider-aws, aws_redshift_namespace_registration). */
function readConsumers(parameters: Parameters): readonly string[] {
  const consumers = list(parameters, "ConsumerIdentifiers.member");
  const invalid = consumers.find((consumer) => !/^(DataCatalog\/)?\d{12}$/.test(consumer));
  if (consumers.length === 0 || invalid !== undefined) throw invalidValue(`Invalid consumer: ${invalid}`);
  return consumers;
}
