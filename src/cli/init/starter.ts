import { policyName } from "#policy/packed.ts";

const day = 86_400_000;

/**
 * Returns the files that a new policy starts with, by their names: the policy, whose reasons explain it, and its test cases. It permits
 * nobody but the own account: the addresses in it are reserved for documentation. `now` is in milliseconds since 1970.
 */
export function starter(now: number): Map<string, string> {
  const date = (days: number) => new Date(now + days * day).toISOString().slice(0, 10);
  return new Map([
    [policyName, policy(date(90))],
    ["policy.test.json", cases(date(90), date(91))],
  ]);
}

function policy(until: string): string {
  return `{
  "$schema": "./policy.schema.json",
  "mode": "audit",
  "permit": [
    {
      "name": "own-account",
      "owners": ["self"],
      "reason": "self is the account that holds the resource. Add the ids of your other accounts, each as a text of 12 digits."
    },
    {
      "name": "office",
      "ranges": ["203.0.113.0/24"],
      "reason": "An example that permits nobody: these addresses are reserved for documentation. Write the ranges of your offices and VPNs."
    },
    {
      "name": "contractor",
      "ranges": ["198.51.100.0/24"],
      "services": ["redshift"],
      "resources": ["analytics-*"],
      "until": "${until}",
      "reason": "An example that permits nobody: a source that may reach only these resources, and only until this day has ended (UTC)."
    }
  ]
}
`;
}

function cases(lastDay: string, dayAfter: string): string {
  return `{
  "$schema": "./policy.test.schema.json",
  "cases": [
    {
      "name": "the office may reach every warehouse",
      "grant": { "service": "redshift", "resource": "analytics", "range": "203.0.113.0/24" },
      "expect": "permitted",
      "statement": "office"
    },
    {
      "name": "no cache is open to the internet",
      "grant": { "service": "elasticache", "resource": "sessions", "range": "0.0.0.0/0" },
      "expect": "violation"
    },
    {
      "name": "no other account may restore a snapshot",
      "grant": {
        "service": "redshift",
        "authorization": "AuthorizeSnapshotAccess",
        "resource": "analytics/nightly",
        "owner": "111122223333"
      },
      "expect": "violation"
    },
    {
      "name": "the contractor may reach its warehouse on the last day",
      "grant": { "service": "redshift", "resource": "analytics-eu", "range": "198.51.100.7/32" },
      "expect": "permitted",
      "statement": "contractor",
      "at": "${lastDay}"
    },
    {
      "name": "the day after, the contractor may not",
      "grant": { "service": "redshift", "resource": "analytics-eu", "range": "198.51.100.7/32" },
      "expect": "violation",
      "at": "${dayAfter}"
    }
  ]
}
`;
}
