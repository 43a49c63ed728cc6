import { openNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { type Family, type Operation, settlesAt } from "../state.ts";
import { redshift } from "../wire/apis.ts";
import { pageOf } from "../wire/paging.ts";
import { type Element, elements, flag, invalidValue, list, optional, type Parameters, QueryError, required } from "../wire/query.ts";
import { openClusters } from "./cluster-state.ts";
import { type Authorization, describeAuthorization, openAuthorizations } from "./endpoint-authorization-state.ts";

/** "Grantees to access a cluster" and "endpoints per authorization" (management guide, amazon-redshift-limits). */
const limits = { grantees: 5, endpoints: 5 };

/** Redshift-managed VPC endpoints across accounts: pages API_AuthorizeEndpointAccess, API_CreateEndpointAccess and their neighbours. */
export const endpointAccess: Family = {
  api: redshift,
  open(place, world) {
    const { account, region } = place;
    const clusters = openClusters(place, world);
    const authorizations = openAuthorizations(region, world);
    const describe = (authorization: Authorization, answered?: "Revoking"): readonly Element[] =>
      describeAuthorization(authorization, world, answered);

    /** ClusterIdentifier may be left out by the model; what that means is not documented. It is refused here. */
    const readGrantee = (parameters: Parameters): { grantee: string; cluster: string; vpcIds: readonly string[] | undefined } => {
      const grantee = required(parameters, "Account");
      if (!/^\d{12}$/.test(grantee)) throw invalidValue(`Invalid account: ${grantee}`);
      const vpcIds = list(parameters, "VpcIds.VpcIdentifier");
      for (const id of vpcIds) if (!/^vpc-[0-9a-f]{1,17}$/.test(id)) throw invalidValue(`Invalid VPC identifier: ${id}`);
      return { grantee, cluster: required(parameters, "ClusterIdentifier"), vpcIds: vpcIds.length === 0 ? undefined : vpcIds };
    };

    /** "The status of the authorization is not valid": it is being revoked. */
    const refuseRevoking = (authorization: Authorization | undefined): void => {
      if (authorization === undefined || authorization.goneAt === Number.POSITIVE_INFINITY) return;
      throw new QueryError("InvalidAuthorizationState", 400, "The status of the authorization is not valid.");
    };

    const authorize = (parameters: Parameters): readonly Element[] => {
      const { grantee, vpcIds, ...asked } = readGrantee(parameters);
      const cluster = clusters.findAvailable(asked.cluster);
      const known = authorizations.find(account, cluster.name, grantee);
      refuseRevoking(known);
      if (known !== undefined) {
        // One authorization per cluster and grantee, so other VPCs extend it; that nothing new is an AlreadyExists is taken from its name.
        const added = known.vpcIds && (vpcIds === undefined ? "all" : vpcIds.filter((id) => !known.vpcIds?.includes(id)));
        if (added === undefined || added.length === 0) {
          throw new QueryError("EndpointAuthorizationAlreadyExists", 400, `${grantee} is authorized already.`);
        }
        known.vpcIds = added === "all" ? undefined : [...(known.vpcIds ?? []), ...added];
        return describe(known);
      }
      const others = authorizations.all().filter((one) => one.grantor === account && one.cluster === cluster.name);
      if (others.length >= limits.grantees) {
        throw new QueryError("EndpointAuthorizationsPerClusterLimitExceeded", 400, `There are ${limits.grantees} grantees already.`);
      }
      const authorizedAt = new Date().toISOString();
      const own = {
        grantor: account,
        grantee,
        cluster: cluster.name,
        namespaceArn: cluster.namespaceArn,
        authorizedAt,
        vpcIds,
        endpoints: [],
      };
      return describe(authorizations.put({ ...own, goneAt: Number.POSITIVE_INFINITY }));
    };

    /**
     * The whole authorization, or some VPCs of it. While endpoints hang on what is revoked, only `Force` does it, and deletes them. No page
     * tells the code of that refusal. Of those of page API_RevokeEndpointAccess it is InvalidAuthorizationState here: the call names an
     * authorization and no endpoint, and such endpoints are active, which is no invalid state of theirs (InvalidEndpointState).
     */
    const revoke = (parameters: Parameters): readonly Element[] => {
      const { grantee, cluster, vpcIds } = readGrantee(parameters);
      clusters.find(cluster);
      const known = authorizations.find(account, cluster, grantee);
      refuseRevoking(known);
      if (known === undefined || vpcIds?.some((id) => !known.vpcIds?.includes(id))) {
        throw new QueryError("EndpointAuthorizationNotFound", 404, `The authorization of ${grantee} for ${cluster} can't be found.`);
      }
      const doomed = known.endpoints.filter(({ vpcId }) => vpcIds?.includes(vpcId) ?? true);
      if (doomed.length > 0 && flag(parameters, "Force") !== true) {
        throw new QueryError(
          "InvalidAuthorizationState",
          400,
          `The authorization has ${doomed.length} endpoints. Use Force to delete them.`,
        );
      }
      for (const endpoint of doomed) endpoint.remove();
      known.endpoints = known.endpoints.filter((endpoint) => !doomed.includes(endpoint));
      const left = vpcIds && known.vpcIds?.filter((id) => !vpcIds.includes(id));
      if (left !== undefined && left.length > 0) {
        known.vpcIds = left;
        return describe(known);
      }
      known.goneAt = settlesAt(world);
      return describe(known, "Revoking");
    };

    /** By the grantee. Its VPC is that of its groups; there are no subnet groups here. */
    const createEndpoint = (parameters: Parameters): readonly Element[] => {
      const name = required(parameters, "EndpointName");
      const subnetGroup = required(parameters, "SubnetGroupName");
      const owner = optional(parameters, "ResourceOwner") ?? account;
      const cluster = openClusters({ account: owner, region }, world).find(required(parameters, "ClusterIdentifier"));
      const authorization = authorizations.find(owner, cluster.name, account);
      refuseRevoking(authorization);
      const denied = new QueryError("AccessToClusterDenied", 400, "You are not authorized to access the cluster.");
      if (authorization === undefined) throw denied;
      if (authorizations.all().some((one) => one.grantee === account && one.endpoints.some((endpoint) => endpoint.name === name))) {
        throw new QueryError("EndpointAlreadyExists", 400, `The account already has the endpoint ${name}.`);
      }
      if (authorization.endpoints.length >= limits.endpoints) {
        throw new QueryError("EndpointsPerAuthorizationLimitExceeded", 400, `The authorization has ${limits.endpoints} endpoints already.`);
      }
      const groupIds = list(parameters, "VpcSecurityGroupIds.VpcSecurityGroupId");
      const interfaces = openNetworkInterfaces(place, world);
      const description = "VPC Endpoint Interface";
      const own = { owner: `endpoint:${name}`, description, type: "vpc_endpoint", requester: "amazon-redshift", groupIds } as const;
      const made = interfaces.attach(own, invalidValue);
      const remove = (): void => interfaces.detach(own.owner);
      const allowed = authorization.vpcIds;
      // Endpoints without groups of their own are in whatever VPC is allowed.
      const vpcId = groupIds.length > 0 ? made.vpcId : (allowed?.[0] ?? made.vpcId);
      if (allowed !== undefined && !allowed.includes(vpcId)) {
        remove();
        throw denied;
      }
      authorization.endpoints = [...authorization.endpoints, { name, vpcId, remove }];
      return [
        ["ClusterIdentifier", cluster.name],
        ["ResourceOwner", owner],
        ["SubnetGroupName", subnetGroup],
        ["EndpointStatus", "creating"],
        ["EndpointName", name],
        ["Port", cluster.port],
        [
          "VpcSecurityGroups",
          made.groupIds.map((id): Element => ["VpcSecurityGroup", elements({ VpcSecurityGroupId: id, Status: "active" })]),
        ],
      ];
    };

    return new Map<string, Operation>([
      ["AuthorizeEndpointAccess", authorize],
      ["RevokeEndpointAccess", revoke],
      ["CreateEndpointAccess", createEndpoint],
      [
        "DescribeEndpointAuthorization",
        (parameters) => {
          const isGrantee = flag(parameters, "Grantee") === true;
          const cluster = optional(parameters, "ClusterIdentifier");
          const other = optional(parameters, "Account");
          if (cluster !== undefined && !isGrantee) clusters.find(cluster);
          const found = authorizations
            .all()
            .filter(
              ({ grantor, grantee, ...one }) =>
                (isGrantee ? grantee : grantor) === account &&
                (other === undefined || (isGrantee ? grantor : grantee) === other) &&
                (cluster === undefined || one.cluster === cluster),
            );
          const { items, marker } = pageOf(found, parameters, world.settings);
          return [...marker, ["EndpointAuthorizationList", items.map((item): Element => ["member", describe(item)])]];
        },
      ],
    ]);
  },
};
