import { apiOf } from "./apis.ts";
import { QueryError } from "./errors.ts";
import type { Query } from "./request.ts";

/**
 * How many requests are answered before they are throttled: a token bucket "on a per-API basis", for each account and Region (EC2 developer
 * guide, ec2-api-throttling). That ElastiCache and Redshift count in the same way is assumed.
 */
export interface Rate {
  /** The tokens that are added each second. */
  readonly perSecond: number;
  /** The tokens that a full bucket has, as each has at first. */
  readonly burst: number;
}

/** The buckets and the share of one emulator. */
export interface RateLimit {
  /** Sets the rate and fills all buckets. Undefined: no request is throttled, as at first. */
  set(rate: Rate | undefined): void;
  /** Sets the share of requests to throttle, evenly spread: 0.1 is every tenth. Undefined: none, as at first. */
  setShare(share: number | undefined): void;
  /** Counts a request, and takes a token for it. Returns the error to answer if it is throttled. */
  take(query: Query): QueryError | undefined;
}

/** A limit without a rate or a share. */
export function createRateLimit(): RateLimit {
  let current: Rate | undefined;
  const buckets = new Map<string, { tokens: number; at: number }>();
  let share = 0;
  let counted = 0;

  return {
    set(rate) {
      current = rate;
      buckets.clear();
    },

    setShare(throttled = 0) {
      share = throttled;
      counted = 0;
    },

    take(query) {
      counted += 1;
      // The small term is for shares such as 0.29, whose hundredfold is less than 29.
      if (Math.floor(counted * share + 1e-9) > Math.floor((counted - 1) * share + 1e-9)) return throttling(query);
      if (current === undefined) return undefined;
      const { perSecond, burst } = current;
      const key = JSON.stringify([query.account, query.region, query.service, query.action]);
      const at = performance.now();
      const bucket = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
      buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at });
      return tokens < 1 ? throttling(query) : undefined;
    },
  };
}

/**
 * EC2's code is documented on the same page, with the status 503 of its page of error codes. JSON services have ThrottlingException (model of
 * Redshift Serverless). Page CommonErrors of ElastiCache and Redshift lists that too, but services of the Query protocol answer Throttling:
 * "Rate exceeded" (github.com/aws/aws-cli/issues/8604, RDS).
 */
function throttling({ service }: Query): QueryError {
  switch (apiOf(service)?.protocol) {
    case "ec2":
      return new QueryError("RequestLimitExceeded", 503, "Request limit exceeded.");
    case "json":
      return new QueryError("ThrottlingException", 400, "Rate exceeded");
    default:
      return new QueryError("Throttling", 400, "Rate exceeded");
  }
}
