import { DescribeClustersCommand } from "@aws-sdk/client-redshift";
import { ListWorkgroupsCommand } from "@aws-sdk/client-redshift-serverless";
import { pages } from "#aws/pages.ts";
import { redshift } from "#aws/redshift.ts";
import { redshiftServerless } from "#aws/redshift-serverless.ts";
import type { Send } from "#aws/send.ts";
import type { VpcStore } from "../event.ts";
import { defined } from "./defined.ts";

/**
 * Lists clusters. A cluster that is being created, and perhaps one that is paused, shows no endpoint. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeClusters.html
 */
export async function clusters(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (Marker?: string) => send(redshift, new DescribeClustersCommand({ Marker }), "Clusters");
  for await (const page of pages(ask, "Marker"))
    for (const { ClusterIdentifier: id = "", Endpoint, VpcSecurityGroups = [] } of page.Clusters) {
      const groups = defined(VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId));
      const interfaces = (Endpoint?.VpcEndpoints ?? []).flatMap(({ NetworkInterfaces = [] }) =>
        defined(NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId)),
      );
      stores.push({ kind: "cluster", service: "redshift", resource: id, id, groups, ports: defined([Endpoint?.Port]), interfaces });
    }
  return stores;
}

/**
 * Lists Serverless workgroups. Throws an AwsFailure.
 * @see https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ListWorkgroups.html
 */
export async function workgroups(send: Send): Promise<VpcStore[]> {
  const stores: VpcStore[] = [];
  const ask = (nextToken?: string) => send(redshiftServerless, new ListWorkgroupsCommand({ nextToken }), "workgroups");
  for await (const page of pages(ask, "nextToken"))
    for (const { workgroupName: id = "", port, endpoint, securityGroupIds: groups = [] } of page.workgroups) {
      const interfaces = (endpoint?.vpcEndpoints ?? []).flatMap(({ networkInterfaces = [] }) =>
        defined(networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId)),
      );
      const ports = defined([port, endpoint?.port]);
      stores.push({ kind: "workgroup", service: "redshift-serverless", resource: id, id, groups, ports, interfaces });
    }
  return stores;
}
