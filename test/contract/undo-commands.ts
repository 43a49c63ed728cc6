const snapshotAccess = "aws redshift authorize-snapshot-access --snapshot-identifier before-payroll --snapshot-cluster-identifier payroll";
const dataShare =
  "aws redshift authorize-data-share " +
  "--data-share-arn arn:aws:redshift:eu-west-1:123456789012:datashare:6d2a1b5e-8f0c-4f57-9e0e-2f3c1d4b5a69/payroll";

/** The undo of the first sample of each kind, written by hand from the AWS CLI's reference. */
export const undoCommands: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AuthorizeCacheSecurityGroupIngress: {
    securityGroup:
      "aws elasticache authorize-cache-security-group-ingress --cache-security-group-name payroll " +
      "--ec2-security-group-name default --ec2-security-group-owner-id 999988887777 --region eu-west-1",
  },
  AuthorizeClusterSecurityGroupIngress: {
    range:
      "aws redshift authorize-cluster-security-group-ingress --cluster-security-group-name payroll --cidrip 198.18.0.0/15 --region eu-west-1",
    securityGroup:
      "aws redshift authorize-cluster-security-group-ingress --cluster-security-group-name payroll " +
      "--ec2-security-group-name default --ec2-security-group-owner-id 999988887777 --region eu-west-1",
  },
  AuthorizeEndpointAccess: {
    account: "aws redshift authorize-endpoint-access --cluster-identifier payroll --account 999988887777 --region eu-west-1",
    "account's VPCs":
      "aws redshift authorize-endpoint-access --cluster-identifier payroll --account 777766665555 " +
      "--vpc-ids vpc-0a1b2c3d4e5f60718 vpc-1a2b3c4d --region eu-west-1",
  },
  AuthorizeSnapshotAccess: {
    account: `${snapshotAccess} --account-with-restore-access 999988887777 --region eu-west-1`,
    "support team": `${snapshotAccess} --account-with-restore-access amazon-redshift-support --region eu-west-1`,
  },
  AuthorizeDataShare: {
    account: `${dataShare} --consumer-identifier 999988887777 --region eu-west-1`,
    "data catalog": `${dataShare} --consumer-identifier DataCatalog/777766665555 --region eu-west-1`,
    "data exchange": `${dataShare} --consumer-identifier ADX --region eu-west-1`,
    writer: `${dataShare} --consumer-identifier 555544443333 --allow-writes --region eu-west-1`,
  },
};
