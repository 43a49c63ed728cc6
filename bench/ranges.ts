/** Distinct ranges that do not touch, scattered by a fixed generator: seven of ten IPv4, the rest IPv6. */
export function scattered(count: number): string[] {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const seen = new Set<string>();
  while (seen.size < count) {
    const [a, b, c] = [1 + random(223), random(256), random(128) * 2];
    const group = () => random(65536).toString(16);
    seen.add(random(10) < 7 ? `${a}.${b}.${c}.0/24` : `2001:${group()}:${group()}::/48`);
  }
  return [...seen];
}
