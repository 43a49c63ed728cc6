import { setTimeout as sleep } from "node:timers/promises";
import type { Authorization, Send, Standing } from "#authorizations/authorization.ts";
import { standingOn } from "#authorizations/define.ts";
import { AwsFailure } from "#aws/connect.ts";
import { type Grant, partOf, type Source, sameSource } from "#domain/grant.ts";
import { type OutcomeError, sourceText, undoCommand } from "#outcome/outcome.ts";

/** What taking a grant back works with. */
interface Means {
  readonly send: Send;
  /** When it has to have ended, in milliseconds since 1970. */
  readonly deadline: number;
  readonly patience: Patience;
  /** Whether the grant would be a violation if it let this source in. */
  readonly isViolation: (source: Source) => boolean;
  /** Groups that also guard something else are revoked as well. */
  readonly cutsShared: boolean;
}

/** How many more times rules that are not found are asked for before they count as gone. All that are taken back together wait together. */
export interface Patience {
  left: number;
}

/** How it ended. A failure has an `undo`, too, when a part of the grant had been taken back before. */
type Taken =
  | { readonly result: "revoked"; readonly undo: string; readonly note?: string }
  | { readonly result: "alreadyGone" }
  | { readonly result: "reported"; readonly note: string }
  | { readonly result: "failed"; readonly error: OutcomeError; readonly undo?: string };

/** Takes one violating grant back and believes only what AWS then says. */
export async function takeBack(grant: Grant, authorization: Authorization, means: Means): Promise<Taken> {
  const undone: string[] = [];
  const { note } = authorization;
  const failed = (error: OutcomeError): Taken => ({ result: "failed", error, ...(undone.length > 0 && { undo: joined(undone) }) });
  try {
    const spared = means.cutsShared ? undefined : await authorization.spared?.(grant, means.send);
    if (spared) return { result: "reported", note: spared };
    const error = await revokeUntilGone(grant, authorization, means, undone);
    if (error) return failed(error);
    return undone.length === 0 ? { result: "alreadyGone" } : { result: "revoked", undo: joined(undone), ...(note && { note }) };
  } catch (failure) {
    if (!(failure instanceof AwsFailure)) throw failure;
    return failed(failure.toOutcome());
  }
}

function joined(commands: readonly string[]): string {
  return commands.join(" && ");
}

/** Milliseconds between two attempts at the same text. */
const pause = 500;

/**
 * Not found is not yet gone: the same network may be stored under another text, and a list may lag behind, so it is
 * asked again until nothing equivalent stands. Gives why that could not be reached; undefined when nothing stands.
 */
async function revokeUntilGone(
  grant: Grant,
  authorization: Authorization,
  { send, deadline, patience, isViolation }: Means,
  undone: string[],
): Promise<OutcomeError | undefined> {
  const tried = new Set<string>();
  let asked = grant;
  for (let attempt = 1; ; attempt++) {
    tried.add(sourceText(asked.source));
    const answer = await revoke(asked, authorization, send);
    // For the pause, and for asking again after it.
    const hasTime = Date.now() + 2 * pause < deadline;
    if (answer.revoked) undone.push(undoCommand(authorization, asked));
    const left = leftOf(grant, asked, answer).filter((source) => grant.rule || isViolation(source));
    if (left.length === 0) {
      if (answer.revoked || undone.length > 0) return undefined;
      if (!grant.rule && answer.standing.some((each) => "unreadable" in each))
        return problem("Unreadable", "AWS finds nothing to revoke and lists what cannot be read, which may be it", attempt);
      // A rule that was just made may be known nowhere yet.
      if (!grant.rule || patience.left === 0 || !hasTime) return undefined;
      patience.left--;
      await sleep(pause);
      continue;
    }
    const next = left.find((source) => sourceText(source) !== sourceText(asked.source));
    if (answer.revoked && !next) return problem("StillAuthorized", "AWS took the revoke and still lists the grant as authorized", attempt);
    if (!next || tried.has(sourceText(next))) {
      if (!hasTime) return problem("StillAuthorized", "AWS finds nothing to revoke and still lists the grant", attempt);
      await sleep(pause);
    }
    if (next) asked = { ...grant, source: next };
  }
}

interface Answer {
  readonly revoked: boolean;
  readonly standing: readonly Standing[];
}

/** One revoke: what stands after it, by its own answer, or by a list when there was nothing to revoke. */
async function revoke(grant: Grant, authorization: Authorization, send: Send): Promise<Answer> {
  try {
    return { revoked: true, standing: await authorization.revoke(grant, send) };
  } catch (failure) {
    if (!(failure instanceof AwsFailure) || failure.meaning !== "notFound") throw failure;
    return { revoked: false, standing: await standingOn(grant, authorization, send) };
  }
}

/** The sources that the grant is to as well, of what stands. */
function leftOf(grant: Grant, asked: Grant, { revoked, standing }: Answer): readonly Source[] {
  // A rule's id is exact: whatever the rule says by now, it stands.
  if (grant.rule) return standing.flatMap(({ rule }) => (rule?.id === grant.rule?.id ? asked.source : []));
  const sources = standing.flatMap((each) => ("source" in each && sameSource(each.source, grant.source) ? each.source : []));
  // Once the group was found by its name, another that differs in case is another grant.
  const isExact = revoked && grant.source.kind === "securityGroup";
  return (isExact ? sources.filter((source) => sourceText(source) === sourceText(asked.source)) : sources).map((source) =>
    partOf(source, grant.source),
  );
}

function problem(name: string, message: string, attempts: number): OutcomeError {
  return { name, message, attempts, retryable: true };
}
