// What one invocation loads: `node bench/loads.mjs MODULE < event`, says on descriptor 3 the bytes of JavaScript and which of Node's
// own large modules. Apart from worker.mjs, whose time the hook would add to.
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";
import { context } from "./context.mjs";
import { readInput } from "./read-input.mjs";

let bytes = 0;
registerHooks({
  load(url, loadContext, next) {
    const loaded = next(url, loadContext);
    if (url.startsWith("file:")) bytes += loaded.source.length;
    return loaded;
  },
});
const { handler } = await import(process.argv[2]);
await handler(JSON.parse(readInput()), context());

const heavy = ["undici", "http2"].filter((name) => process.moduleLoadList.some((loaded) => loaded.split(/[ /]/).includes(name)));
writeSync(3, JSON.stringify({ bytes, heavy }));
process.exit();
