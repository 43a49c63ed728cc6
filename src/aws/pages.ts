/** Every page of a list: `ask` requests the page that a token names, and each page has the next token under `key`. */
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

/** Everything that a list gives, from all of its pages. */
export async function everyOf<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const each of list) all.push(each);
  return all;
}
