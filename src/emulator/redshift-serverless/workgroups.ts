import { randomUUID } from "node:crypto";
import { type NetworkInterface, openNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { arnOf, type Family, newId, type Operation, settlesAt } from "../state.ts";
import { redshiftServerless } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, elements, flag, list, type Parameters, QueryError, whole } from "../wire/query.ts";

interface Namespace {
  readonly name: string;
  readonly id: string;
}

interface Workgroup {
  readonly name: string;
  readonly id: string;
  readonly endpointId: string;
  readonly namespace: string;
  readonly port: number;
  readonly isPublic: boolean;
  readonly networkInterface: NetworkInterface;
  readonly settled: "CREATING" | "MODIFYING";
  readonly settlesAt: number;
}

/** What is wrong with a request, by the API's own model (JSON 1.1, version 2021-04-21), which also gives the status. */
function validation(message: string): QueryError {
  return new QueryError("ValidationException", 400, message);
}

const paging = { token: "nextToken", next: "nextToken", size: "maxResults", least: 1, most: 100, usual: 100, refuse: validation } as const;

/** Redshift Serverless: pages API_CreateNamespace, API_CreateWorkgroup, API_UpdateWorkgroup, API_GetWorkgroup and API_ListWorkgroups. */
export const workgroups: Family = {
  api: redshiftServerless,
  open(place, world) {
    const namespaces = new Map<string, Namespace>();
    const all = new Map<string, Workgroup>();
    const networkInterfaces = openNetworkInterfaces(place, world);
    const { createMissing } = world.settings;

    const addNamespace = (name: string): Namespace => {
      const namespace = { name, id: randomUUID() };
      namespaces.set(name, namespace);
      return namespace;
    };

    const find = (name: string): Workgroup => {
      const workgroup = all.get(name);
      if (workgroup === undefined) throw new QueryError("ResourceNotFoundException", 404, `Workgroup ${name} not found.`);
      return workgroup;
    };

    /** A workgroup listens on its port alone, behind a VPC endpoint whose network interfaces it tells of. */
    const put = (before: Pick<Workgroup, "name" | "id" | "endpointId" | "namespace" | "settled">, parameters: Parameters): Workgroup => {
      const known = all.get(before.name);
      const port = whole(parameters, "port") ?? known?.port ?? 5439;
      // "Valid port ranges are 5431-5455 and 8191-8215."
      if (!((port >= 5431 && port <= 5455) || (port >= 8191 && port <= 8215))) throw validation(`Invalid port: ${port}`);
      const isPublic = flag(parameters, "publiclyAccessible") ?? known?.isPublic ?? false;
      const groupIds = list(parameters, "securityGroupIds");
      const description = `VPC Endpoint Interface ${before.endpointId}`;
      const attachment = { owner: `workgroup:${before.name}`, description, requester: "amazon-redshift", groupIds } as const;
      const keeps = known !== undefined && groupIds.length === 0;
      const networkInterface = keeps
        ? known.networkInterface
        : networkInterfaces.attach({ ...attachment, type: "vpc_endpoint" }, validation);
      const workgroup: Workgroup = { ...before, port, isPublic, networkInterface, settlesAt: settlesAt(world) };
      all.set(before.name, workgroup);
      return workgroup;
    };

    const create = (name: string, namespace: string, parameters: Parameters, settled: Workgroup["settled"] = "CREATING"): Workgroup =>
      put({ name, id: randomUUID(), endpointId: newId("vpce", world), namespace, settled }, parameters);

    /** Page API_Workgroup. */
    const describe = (workgroup: Workgroup, status: string = statusOf(workgroup)): readonly Element[] => {
      const { name, id, endpointId, namespace, port, isPublic, networkInterface } = workgroup;
      const interfaces: Element[] = [
        ["member", elements({ networkInterfaceId: networkInterface.name, subnetId: networkInterface.subnetId })],
      ];
      const vpcEndpoint = elements({ vpcEndpointId: endpointId, vpcId: networkInterface.vpcId, networkInterfaces: interfaces });
      const address = `${name}.${place.account}.${place.region}.redshift-serverless.amazonaws.com`;
      const endpoint = elements({ address, port, vpcEndpoints: elements({ member: vpcEndpoint }) });
      return [
        ["workgroupName", name],
        ["workgroupId", id],
        ["workgroupArn", arnOf("redshift-serverless", place, `workgroup/${id}`)],
        ["namespaceName", namespace],
        ["securityGroupIds", networkInterface.groupIds.map((groupId): Element => ["member", groupId])],
        ["status", status],
        ["port", port],
        ["publiclyAccessible", isPublic],
        ...(status === "CREATING" ? [] : [["endpoint", endpoint] as const]),
      ];
    };

    return new Map<string, Operation>([
      [
        "CreateNamespace",
        (parameters) => {
          const name = readName(parameters, "namespaceName");
          if (namespaces.has(name)) throw new QueryError("ConflictException", 409, `Namespace ${name} already exists.`);
          const { id } = addNamespace(name);
          const namespaceArn = arnOf("redshift-serverless", place, `namespace/${id}`);
          const fields = elements({ namespaceName: name, namespaceId: id, namespaceArn, status: "AVAILABLE" });
          return [["namespace", fields]];
        },
      ],
      [
        "CreateWorkgroup",
        (parameters) => {
          const name = readName(parameters, "workgroupName");
          const namespace = readName(parameters, "namespaceName");
          if (createMissing && !namespaces.has(namespace)) addNamespace(namespace);
          if (!namespaces.has(namespace)) throw new QueryError("ResourceNotFoundException", 404, `Namespace ${namespace} not found.`);
          const isTaken = [...all.values()].some((other) => other.name === name || other.namespace === namespace);
          // A namespace has one workgroup at most.
          if (isTaken) throw new QueryError("ConflictException", 409, `Workgroup ${name} or one of ${namespace} already exists.`);
          return [["workgroup", describe(create(name, namespace, parameters), "CREATING")]];
        },
      ],
      [
        "UpdateWorkgroup",
        (parameters) => {
          const name = readName(parameters, "workgroupName");
          if (createMissing && !all.has(name))
            return [["workgroup", describe(create(name, addNamespace(name).name, parameters, "MODIFYING"), "MODIFYING")]];
          const workgroup = find(name);
          if (statusOf(workgroup) !== "AVAILABLE") throw new QueryError("ConflictException", 409, `Workgroup ${name} is not available.`);
          return [["workgroup", describe(put({ ...workgroup, settled: "MODIFYING" }, parameters), "MODIFYING")]];
        },
      ],
      ["GetWorkgroup", (parameters) => [["workgroup", describe(find(readName(parameters, "workgroupName")))]]],
      [
        "ListWorkgroups",
        (parameters) => {
          const { items, marker } = pageOf(all.values(), parameters, world.settings, paging);
          return [["workgroups", items.map((workgroup): Element => ["member", describe(workgroup)])], ...marker];
        },
      ],
    ]);
  },
};

function statusOf({ settlesAt, settled }: Workgroup): string {
  return settlesAt > performance.now() ? settled : "AVAILABLE";
}

/** "3 to 64" lower-case letters, digits and hyphens. */
function readName(parameters: Parameters, parameter: string): string {
  const name = parameters.get(parameter) ?? "";
  if (/^[a-z0-9-]{3,64}$/.test(name)) return name;
  throw validation(`Invalid ${parameter}: ${name}`);
}
