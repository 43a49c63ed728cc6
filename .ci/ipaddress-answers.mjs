// Prints what src/domain says of pairs of permitted ranges and an asked one, for ipaddress-check.py to judge: `node ipaddress-answers.mjs PAIRS`.
// A line has the permitted ranges, then each asked range with `=1` or `=0` and the fewest CIDRs that nothing permits.
import { formatRange, network, parseRange } from "../src/domain/range.ts";
import { covers, rangeSet, uncovered } from "../src/domain/range-set.ts";

const pairs = Number(process.argv[2] ?? 1_000_000);
const asksOfPolicy = 400;
let state = 20261121;

/** A whole number below `n`: the same ones at each run (xorshift32). */
function below(n) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}

/** A range's bits as text, `bits` of them in all. */
const randomBits = (bits) => Array.from({ length: bits }, () => below(2)).join("");

/** Some of the parts of a block: unions that cover it, or nearly do. */
function parts(block, length) {
  const chance = below(10);
  if (block.length >= length || chance < 2) return [block];
  if (chance < 3) return [];
  return [...parts(`${block}0`, length), ...parts(`${block}1`, length)];
}

/** A range as a person might write it: host bits set or not, IPv6 in each of its forms. */
function written(prefix, family) {
  const length = family === 4 ? 32 : 128;
  const bits = (prefix + (below(3) === 0 ? randomBits(length - prefix.length) : "")).padEnd(length, "0");
  const groups = bits.match(family === 4 ? /.{8}/g : /.{16}/g).map((group) => Number.parseInt(group, 2));
  if (family === 4) return `${groups.join(".")}/${prefix.length}`;
  const style = below(4);
  let text = groups.map((group) => group.toString(16).padStart(style === 0 ? 4 : 1, "0")).join(":");
  if (style === 1) text = text.toUpperCase();
  if (style > 1) text = text.replace(/(^|:)0(:0)+(:|$)/, "::");
  return `${text}/${prefix.length}`;
}

function asked(block, permitted, length) {
  const near = permitted.length > 0 && below(2) === 0 ? permitted[below(permitted.length)] : block;
  switch (below(6)) {
    case 0:
      return near.slice(0, Math.max(0, near.length - 1 - below(3)));
    case 1:
      return (near + randomBits(length - near.length)).slice(0, length);
    case 2:
      return randomBits(below(length + 1));
    case 3:
      return near.slice(0, below(near.length + 1));
    default:
      return (near + randomBits(1 + below(6))).slice(0, length);
  }
}

for (let done = 0; done < pairs; done += asksOfPolicy) {
  const family = below(2) === 0 ? 4 : 6;
  const length = family === 4 ? 32 : 128;
  const block = randomBits(below(length - 6));
  const prefixes = [...parts(block, block.length + 6), ...Array.from({ length: below(3) }, () => randomBits(below(length + 1) || 1))];
  const permitted = prefixes.map((prefix) => written(prefix, family));
  const set = rangeSet(permitted.map(parseRange));
  const answers = Array.from({ length: asksOfPolicy }, () => {
    const text = written(asked(block, prefixes, length), family);
    const range = parseRange(text);
    const rest = covers(set, range) ? "1" : ["0", ...uncovered([set], network(range), 1_000).ranges.map(formatRange)].join(",");
    return `${text}=${rest}`;
  });
  process.stdout.write(`${permitted.join(",")}\t${answers.join(";")}\n`);
}
