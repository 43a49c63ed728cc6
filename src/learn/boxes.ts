import type { Target } from "./pair.ts";

/** Lists of names, each in ascending order, of which every combination is one of the targets. */
export interface Box {
  readonly names: { readonly [Key in keyof Target]: readonly string[] };
  readonly targets: readonly Target[];
}

/** In the order in which they are joined: the names that one place has first. */
const dimensions = ["resource", "region", "account", "authorization", "service"] as const satisfies readonly (keyof Target)[];

/** Returns boxes that have exactly the targets, which differ, each once: as few as joining one dimension after the other gives. */
export function boxesOf(targets: readonly Target[]): readonly Box[] {
  let boxes = targets.map((target) => ({
    names: {
      service: [target.service],
      authorization: [target.authorization],
      account: [target.account],
      region: [target.region],
      resource: [target.resource],
    },
    targets: [target],
  }));
  for (const dimension of dimensions) {
    const joined = new Map<string, (typeof boxes)[number]>();
    for (const box of boxes) {
      const key = JSON.stringify({ ...box.names, [dimension]: [] });
      const same = joined.get(key);
      if (same) {
        same.names[dimension].push(...box.names[dimension]);
        for (const target of box.targets) same.targets.push(target);
      } else joined.set(key, box);
    }
    boxes = [...joined.values()];
    // Sorted, so that equal lists have the same key.
    for (const { names } of boxes) names[dimension].sort();
  }
  return boxes;
}
