/** Whether the long form of the tests is asked for: `npm run test:long`. */
export const long: boolean = process.env["LONG"] === "1";

/** How many cases a property is tried with. Mutation testing, which runs each property for each mutant, asks for fewer. */
export const runs: number = Number(process.env["RUNS"] ?? (long ? 10_000 : 1_000));
