/** So many letters of a value are shown in a line, if there is no less room. */
const LINE = 60;

/** A value as JSON, cut where it is long for a line. */
export function shortly(value: unknown, letters = LINE): string {
  const text = spaced(value);
  return text.length > letters ? `${text.slice(0, letters)}…` : text;
}

export function isLong(value: unknown): boolean {
  return spaced(value).length > LINE;
}

/** With room between members, so that it can be read and can be wrapped. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spaced(member)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
