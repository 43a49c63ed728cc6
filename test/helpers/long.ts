/** Whether the long form of the tests is asked for: `npm run test:long`. */
export const long: boolean = process.env["LONG"] === "1";
