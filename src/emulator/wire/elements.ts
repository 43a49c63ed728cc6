/** An element of a response: its name, and its text or its children. */
export type Element = readonly [name: string, content: Content];
export type Content = string | number | boolean | readonly Element[];

/** The members of an object as elements. */
export function elements(contents: Readonly<Record<string, Content>>): readonly Element[] {
  return Object.entries(contents);
}

/** One element, or none if its content is undefined. */
export function optionalElement(name: string, content: string | undefined): readonly Element[] {
  return content === undefined ? [] : [[name, content]];
}
