// How many events a second one warm process handles: `node bench/warm.mjs MODULE EVENTS < event`, says it on descriptor 3.
import { writeSync } from "node:fs";
import { context } from "./context.mjs";
import { readInput } from "./read-input.mjs";

const [, , module, events] = process.argv;
const { handler } = await import(module);
const text = readInput();
const count = Number(events);

for (let i = 0; i < count / 4; i++) await handler(JSON.parse(text), context());
const started = performance.now();
for (let i = 0; i < count; i++) await handler(JSON.parse(text), context());
writeSync(3, JSON.stringify({ eventsPerSecond: (count * 1000) / (performance.now() - started) }));
process.exit();
