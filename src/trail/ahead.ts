/** Starts work on the next items while an earlier one is used. Yields the results in the order of the items. */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  count: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const item of items) {
    const result = start(item);
    result.catch(() => {}); // Whoever takes it handles it.
    started.push(result);
    if (started.length >= count) yield started.shift() as Promise<Result>;
  }
  yield* started;
}
