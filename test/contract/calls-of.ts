import { expect } from "vitest";
import type { Grant } from "#domain/grant.ts";
import { authorize, type Case, entriesOf, sceneWith } from "../support/authorizations.ts";
import { eventOf } from "../support/events.ts";
import { startScene, writes } from "../support/scene.ts";

/** The actions that list the resource of a grant. */
export async function listOf(entry: Case, grant: Grant): Promise<readonly string[]> {
  await using scene = await sceneWith(entry, grant);
  await entriesOf(scene.aws, entry, grant);
  return scene.requests().map(({ action }) => action);
}

/** The response to the call that gives a grant. */
export async function responseTo(entry: Case, grant: Grant): Promise<string> {
  await using scene = await startScene();
  let response = "";
  scene.emulator.fail({ answer: "rewritten", rewrite: (original) => (response = original) });
  await authorize(scene.emulator.url, entry, grant);
  return response;
}

/** The action that revokes a grant. */
export async function revokeOf(entry: Case, grant: Grant): Promise<string> {
  await using scene = await sceneWith(entry, grant);
  await scene.invoke(eventOf(grant));
  const [action, ...others] = new Set(writes(scene.requests()).map((request) => request.action));
  expect(others).toEqual([]);
  return action ?? "";
}
