/** One AWS API: its name in a credential scope, the version callers must send, the xmlns of its answers, and how it is spoken. */
export interface Api {
  readonly service: string;
  readonly version: string;
  readonly namespace: string;
  /** AWS's Query protocol, EC2's variant of it, or JSON 1.1. */
  readonly protocol: "query" | "ec2" | "json";
}

/** Amazon ElastiCache and Amazon Redshift, by the pages Welcome of their API references. */
export const elasticache: Api = {
  service: "elasticache",
  version: "2015-02-02",
  namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/",
  protocol: "query",
};
export const redshift: Api = {
  service: "redshift",
  version: "2012-12-01",
  namespace: "http://redshift.amazonaws.com/doc/2012-12-01/",
  protocol: "query",
};

/** AWS STS, by the page Welcome of its API reference. */
export const sts: Api = {
  service: "sts",
  version: "2011-06-15",
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  protocol: "query",
};

/** Amazon EC2, by the page Welcome of its API reference. */
export const ec2: Api = {
  service: "ec2",
  version: "2016-11-15",
  namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
  protocol: "ec2",
};

/** Amazon Redshift Serverless. In JSON, the namespace is the word before the action in X-Amz-Target, and stands for the version. */
export const redshiftServerless: Api = {
  service: "redshift-serverless",
  version: "2021-04-21",
  namespace: "RedshiftServerless",
  protocol: "json",
};

const apis: readonly Api[] = [elasticache, redshift, sts, ec2, redshiftServerless];

/** The API of that name in a credential scope. */
export function apiOf(service: string): Api | undefined {
  return apis.find((api) => api.service === service);
}

/** The API that an X-Amz-Target such as "RedshiftServerless.ListWorkgroups" names. */
export function apiOfTarget(target: string): Api | undefined {
  return apis.find(({ protocol, namespace }) => protocol === "json" && target.startsWith(`${namespace}.`));
}
