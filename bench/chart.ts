import { type Variant, variants, wholeCpuMb } from "./cases.ts";
import { type ColdStart, find, type Results } from "./results.ts";

const width = 720;
const left = 190;
const right = 130;
const rowHeight = 34;
const top = 66;

/** A bar for each variant that revoked: init and handler of a violation with the least CPU that was measured. As SVG. */
export function chart(results: Results): string {
  const names = (Object.keys(variants) as Variant[]).filter((name) => name !== "noop" && name !== "c7n");
  const at = (memoryMb: number) => names.flatMap((name) => find(results, name, "elasticache violation", memoryMb) ?? []);
  const slow = at(128);
  const starts = slow.length > 0 ? slow : at(wholeCpuMb);
  const cpu = slow.length > 0 ? "handler with a 128 MB function's share of a CPU" : "a whole CPU";
  const most = Math.max(...starts.map(totalOf));
  const height = top + starts.length * rowHeight + 8;
  const told = starts.map((start) => `${variants[start.variant]}: init ${ms(start.init.median)}, handler ${ms(start.handler.median)}`);

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">From a cold process to a revoked grant, ${cpu}</title>
<desc id="desc">${told.join(". ")}. Medians of ${results.rounds} runs.</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.init { fill: #8c959f }
.handler { fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .init { fill: #7d8590 } .handler { fill: #4493f8 } }
</style>
<text x="0" y="18" font-weight="600">From a cold process to a revoked grant, ms: ${cpu}</text>
<rect class="init" x="${left}" y="34" width="12" height="12"/><text x="${left + 18}" y="45">init</text>
<rect class="handler" x="${left + 70}" y="34" width="12" height="12"/><text x="${left + 88}" y="45">handler</text>
${starts.map((start, index) => bar(start, top + index * rowHeight, (width - left - right) / most)).join("\n")}
</svg>
`;
}

function totalOf({ init, handler }: ColdStart): number {
  return init.median + handler.median;
}

function ms(figure: number): string {
  return `${Math.round(figure)} ms`;
}

function bar(start: ColdStart, y: number, scale: number): string {
  const [init, handler] = [start.init.median * scale, start.handler.median * scale].map((length) => Number(length.toFixed(1)));
  const end = left + totalOf(start) * scale;
  return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${variants[start.variant]}</text>
<rect class="init" x="${left}" y="${y}" width="${init}" height="22"/><rect class="handler" x="${left + (init ?? 0)}" y="${y}" width="${handler}" height="22"/>
<text x="${Math.round(end) + 8}" y="${y + 16}">${Math.round(start.init.median)} + ${Math.round(start.handler.median)}</text>`;
}
