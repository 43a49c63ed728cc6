import { assumedText, listed } from "./assumed-stores.ts";
import type { Judged } from "./judge.ts";

/** Collects in what the emulator can differ from AWS. */
export interface Notes {
  add(judged: Judged): void;
  /** Returns one printable line for each kind of difference. */
  lines(): readonly string[];
}

/** Creates one without notes. */
export function createNotes(): Notes {
  const [assumedGroups, knownGroups] = [new Set<string>(), new Set<string>()];
  return {
    add({ assumed = [], known = [] }) {
      for (const group of assumed) assumedGroups.add(group);
      for (const group of known) knownGroups.add(group);
    },
    lines: () => [
      ...(assumedGroups.size > 0 ? [`assumed: ${assumedText} behind ${listed([...assumedGroups])}; see --store`] : []),
      ...(knownGroups.size > 0 ? [`rules: those of ${listed([...knownGroups])} that earlier events show`] : []),
    ],
  };
}
