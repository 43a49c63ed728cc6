/** What no function can be faster than: Node itself, and an event that is parsed. */
export const handler = async () => {};
