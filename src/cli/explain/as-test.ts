import { sourceText } from "#domain/source.ts";
import { type Flags, textFlag } from "../command.ts";
import type { Case, GrantWords } from "../test/case.ts";
import type { Explanation } from "./explanation.ts";

/** Returns the case of `test` that expects what was explained, in the words of the flags. */
export function caseOf(flags: Flags, { grant, decision }: Explanation): Case {
  const words = { securityGroup: "security-group", prefixList: "prefix-list" } as const;
  const names = ["service", "resource", "range", "owner", "securityGroup", "prefixList", "account", "region", "authorization"] as const;
  const given = names.flatMap((name) => {
    const value = textFlag(flags, words[name as keyof typeof words] ?? name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const at = textFlag(flags, "at");
  const [statement] = decision.verdict === "permitted" ? decision.statements : [];
  return {
    name: `${sourceText(grant.source)} on ${grant.service} ${grant.resource}`,
    grant: Object.fromEntries(given) as unknown as GrantWords,
    expect: decision.verdict,
    ...(statement !== undefined && { statement }),
    ...(at !== undefined && { at }),
  };
}
