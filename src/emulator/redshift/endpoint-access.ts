import type { ActionGroup } from "../operation.ts";
import { redshift } from "../wire/apis.ts";
import { createEndpointAccess } from "./create-endpoint-access.ts";
import { authorizeEndpointAccess, describeEndpointAuthorization, revokeEndpointAccess } from "./endpoint-authorizations.ts";
import { deleteEndpointAccess, describeEndpointAccess, modifyEndpointAccess } from "./managed-endpoints.ts";

/** Redshift-managed VPC endpoints, and the right of other accounts to create them. */
export const endpointAccess: ActionGroup = {
  api: redshift,
  operations: {
    AuthorizeEndpointAccess: authorizeEndpointAccess,
    RevokeEndpointAccess: revokeEndpointAccess,
    CreateEndpointAccess: createEndpointAccess,
    ModifyEndpointAccess: modifyEndpointAccess,
    DeleteEndpointAccess: deleteEndpointAccess,
    DescribeEndpointAccess: describeEndpointAccess,
    DescribeEndpointAuthorization: describeEndpointAuthorization,
  },
};
