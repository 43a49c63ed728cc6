/** One AWS API. */
export interface Api {
  /** Its name in a credential scope. */
  readonly service: string;
  /** The version that callers must send. */
  readonly version: string;
  /** The xmlns of its responses. In JSON 1.1, the word before the action in X-Amz-Target. */
  readonly namespace: string;
  /** AWS's Query protocol, EC2's variant of it, or JSON 1.1. */
  readonly protocol: "query" | "ec2" | "json";
}

/** Amazon ElastiCache (page Welcome of its API reference). */
export const elasticache: Api = {
  service: "elasticache",
  version: "2015-02-02",
  namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/",
  protocol: "query",
};

/** Amazon Redshift (page Welcome of its API reference). */
export const redshift: Api = {
  service: "redshift",
  version: "2012-12-01",
  namespace: "http://redshift.amazonaws.com/doc/2012-12-01/",
  protocol: "query",
};

/** AWS STS (page Welcome of its API reference). */
export const sts: Api = {
  service: "sts",
  version: "2011-06-15",
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  protocol: "query",
};

/** Amazon EC2 (page Welcome of its API reference). */
export const ec2: Api = {
  service: "ec2",
  version: "2016-11-15",
  namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
  protocol: "ec2",
};

/** Amazon Redshift Serverless (botocore model redshift-serverless/2021-04-21: JSON 1.1). */
export const redshiftServerless: Api = {
  service: "redshift-serverless",
  version: "2021-04-21",
  namespace: "RedshiftServerless",
  protocol: "json",
};

const apis: readonly Api[] = [elasticache, redshift, sts, ec2, redshiftServerless];

/** The API with this name in a credential scope. */
export function apiOf(service: string): Api | undefined {
  return apis.find((api) => api.service === service);
}

/** The API that an X-Amz-Target such as "RedshiftServerless.ListWorkgroups" names. */
export function apiOfTarget(target: string): Api | undefined {
  return apis.find(({ protocol, namespace }) => protocol === "json" && target.startsWith(`${namespace}.`));
}
