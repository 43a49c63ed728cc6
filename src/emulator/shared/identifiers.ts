/** Whether a text is a letter and then letters, digits and hyphens, all in lower case; no hyphen comes last or follows another. */
export function isIdentifier(text: string, most: number): boolean {
  return /^[a-z](-?[a-z0-9])*$/.test(text) && text.length <= most;
}

/** Lower case of ASCII letters only: the Kelvin sign must not become the letter k. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
