/** The lower bound of every function: Node.js, and an event that is parsed. */
export const handler = async () => {};
