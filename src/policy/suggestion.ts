import leven from "leven";

/**
 * Returns the name that a text was probably meant to be, in any letter case: it begins with the same character and a third of the text
 * differs at most, or one character of at least four differs. Undefined when no name is that near: a wrong suggestion is worse than none.
 */
export function suggestion(text: string, names: readonly string[]): string | undefined {
  const meant = text.slice(0, 64).toLowerCase();
  const near = names.flatMap((name) => {
    const other = name.toLowerCase();
    const distance = leven(meant, other);
    const isLikely = meant[0] === other[0] ? distance <= Math.ceil(meant.length / 3) : distance === 1 && meant.length >= 4;
    return isLikely ? { name, distance } : [];
  });
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.name;
}
