const MAX_TEXT = 200;

/**
 * One line of text. Control characters and those that turn the direction of
 * writing are made visible: `gpj.exe` must not look like `exe.jpg`.
 */
export function plainText(value: unknown, limit = MAX_TEXT): string | null {
  if (typeof value !== 'string' || value === '') {
    return null;
  }
  const line = value.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    '\ufffd'
  );
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/**
 * Many lines of text: as `plainText`, but lines and tabs stay, and nothing is cut.
 */
export function plainLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/g,
      '\ufffd'
    );
}
