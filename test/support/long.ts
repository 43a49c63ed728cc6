/** Whether the tests run in their long form: `npm run test:long`. */
export const long: boolean = process.env["LONG"] === "1";

/** How many cases a property is tested with. Mutation testing, which runs each property for each mutant, sets fewer. */
export const runs: number = Number(process.env["RUNS"] ?? (long ? 10_000 : 1_000));
