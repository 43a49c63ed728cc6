import { DescribeEndpointAccessCommand } from "@aws-sdk/client-redshift";
import { ListEndpointAccessCommand } from "@aws-sdk/client-redshift-serverless";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";
import type { VpcStore } from "../event.ts";
import { defined } from "./defined.ts";

/**
 * Lists the account's Redshift-managed endpoints, each with security groups of its own and the port of its cluster, which may belong to
 * another account. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeEndpointAccess.html
 */
export async function clusterEndpoints(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) => send(redshift, new DescribeEndpointAccessCommand({ Marker }), "EndpointAccessList");
  for await (const page of pages(ask, "Marker"))
    for (const {
      EndpointName: id = "",
      ClusterIdentifier: resource = "",
      ResourceOwner: owner,
      Port,
      VpcEndpoint,
      VpcSecurityGroups = [],
    } of page.EndpointAccessList) {
      const groups = defined(VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId));
      const interfaces = defined((VpcEndpoint?.NetworkInterfaces ?? []).map(({ NetworkInterfaceId }) => NetworkInterfaceId));
      stores.push({ kind: "clusterEndpoint", service: "redshift", resource, owner, id, groups, ports: defined([Port]), interfaces });
    }
  return stores;
}

/**
 * Lists the account's endpoints of Serverless workgroups, in the same way. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ListEndpointAccess.html
 */
export async function workgroupEndpoints(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (nextToken?: string) => send(redshiftServerless, new ListEndpointAccessCommand({ nextToken }), "endpoints");
  for await (const page of pages(ask, "nextToken"))
    for (const { endpointName: id = "", workgroupName: resource = "", port, vpcEndpoint, vpcSecurityGroups = [] } of page.endpoints) {
      const groups = defined(vpcSecurityGroups.map(({ vpcSecurityGroupId }) => vpcSecurityGroupId));
      const interfaces = defined((vpcEndpoint?.networkInterfaces ?? []).map(({ networkInterfaceId }) => networkInterfaceId));
      const ports = defined([port]);
      stores.push({ kind: "workgroupEndpoint", service: "redshift-serverless", resource, id, groups, ports, interfaces });
    }
  return stores;
}
