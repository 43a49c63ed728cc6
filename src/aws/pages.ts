/**
 * Yields every page of a list. `ask` requests the page of a token, and each page has the token of the next under `key`. Throws
 * what `ask` throws.
 */
export async function* pages<Key extends string, Page extends { readonly [K in Key]?: string | undefined }>(
  ask: (token: string | undefined) => Promise<Page>,
  key: Key,
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    yield page;
    token = page[key];
  } while (token);
}

/** Collects all items of an iterable. Throws what the iterable throws. */
export async function everyOf<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const each of list) all.push(each);
  return all;
}
