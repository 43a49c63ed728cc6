import { isIdle, variantNames, variants, wholeCpuMb } from "./cases.ts";
import { type ColdStart, find, type Results } from "./results.ts";

const [width, left, right, top, rowHeight] = [720, 190, 130, 66, 34];

/** An SVG with a bar for each variant that revokes: init and handler of a violation with the smallest CPU share that was measured. */
export function chart(results: Results): string {
  const revoking = variantNames.filter((name) => !isIdle(name));
  const at = (memoryMb: number) => revoking.flatMap((name) => find(results, name, "elasticache violation", memoryMb) ?? []);
  const slow = at(128);
  const [starts, share] = slow.length > 0 ? [slow, "the handler with the CPU share of 128 MB"] : [at(wholeCpuMb), "with a whole CPU"];
  const title = `Time from process start to a revoked grant, in ms (${share})`;
  const longest = Math.max(...starts.map(({ init, handler }) => init.median + handler.median));
  const height = top + starts.length * rowHeight + 8;
  const said = starts.map(
    ({ variant, init, handler }) => `${variants[variant]}: init ${Math.round(init.median)} ms, handler ${Math.round(handler.median)} ms`,
  );

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">${said.join(". ")}. Medians of ${results.rounds} runs.</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.init { fill: #8c959f }
.handler { fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .init { fill: #7d8590 } .handler { fill: #4493f8 } }
</style>
<text x="0" y="18" font-weight="600">${title}</text>
<rect class="init" x="${left}" y="34" width="12" height="12"/><text x="${left + 18}" y="45">init</text>
<rect class="handler" x="${left + 70}" y="34" width="12" height="12"/><text x="${left + 88}" y="45">handler</text>
${starts.map((start, index) => bar(start, top + index * rowHeight, (width - left - right) / longest)).join("\n")}
</svg>
`;
}

function bar({ variant, init, handler }: ColdStart, y: number, scale: number): string {
  const tenth = (length: number) => Number(length.toFixed(1));
  const [initWidth, handlerWidth] = [tenth(init.median * scale), tenth(handler.median * scale)];
  const end = Math.round(left + (init.median + handler.median) * scale);
  return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${variants[variant]}</text>
<rect class="init" x="${left}" y="${y}" width="${initWidth}" height="22"/><rect class="handler" x="${left + initWidth}" y="${y}" width="${handlerWidth}" height="22"/>
<text x="${end + 8}" y="${y + 16}">${Math.round(init.median)} + ${Math.round(handler.median)}</text>`;
}
