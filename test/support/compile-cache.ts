import { tmpdir } from "node:os";
import { join } from "node:path";

/** The environment of processes that load our source or the SDK: what the first one has compiled, the others only read. */
export const compileCache: Readonly<Record<string, string>> = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };
