import { ownerWords } from "#domain/source.ts";
import type { Vocabulary } from "#policy/schema.ts";

/** A vocabulary in which every call can grant access to every kind of source, on every service. */
export function anyCall(names: Pick<Vocabulary, "services" | "authorizations">): Vocabulary {
  const anyone = { sources: ["range", "securityGroup", "account", "prefixList"], words: ownerWords } as const;
  return { ...names, calls: names.authorizations.map((authorization) => ({ services: names.services, authorization, ...anyone })) };
}
