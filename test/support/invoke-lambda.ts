import { contextOf } from "./context.ts";

/** The message that the process sends for each invocation. */
export interface Invoked {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly outcomes?: unknown };
}

/** Runs as a process of its own, in Lambda's environment: invokes the function with each event that it receives. */
const { handler } = await import("#lambda/index.ts");
process.on("message", async (event) => {
  const invoked: Invoked = await handler(event, contextOf()).then(
    (answer) => ({ answer }),
    ({ name, message, outcomes }) => ({ error: { name, message, outcomes } }),
  );
  process.send?.(invoked);
});
process.send?.("ready");
