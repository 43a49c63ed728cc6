import type { ActionGroup } from "../operation.ts";
import { redshift } from "../wire/apis.ts";
import { createEndpointAccess } from "./create-endpoint-access.ts";
import { authorizeEndpointAccess, describeEndpointAuthorization, revokeEndpointAccess } from "./endpoint-authorizations.ts";

/** Redshift-managed VPC endpoints to clusters of other accounts. */
export const endpointAccess: ActionGroup = {
  api: redshift,
  operations: {
    AuthorizeEndpointAccess: authorizeEndpointAccess,
    RevokeEndpointAccess: revokeEndpointAccess,
    CreateEndpointAccess: createEndpointAccess,
    DescribeEndpointAuthorization: describeEndpointAuthorization,
  },
};
