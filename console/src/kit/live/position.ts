// Places in the one order of all events, as the API writes them: whole numbers as decimal text, which may pass what a number holds exactly.

export function isBefore(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

export function laterOf(one: string, other: string): string {
  return isBefore(one, other) ? other : one;
}

export function isPosition(text: string): boolean {
  return /^(0|[1-9]\d{0,19})$/.test(text);
}

/** The position before one; nothing is before the first. */
export function before(position: string): string {
  const number = BigInt(position);
  return String(number > 0n ? number - 1n : 0n);
}

/** The position so many after one. */
export function after(position: string, count: number): string {
  return String(BigInt(position) + BigInt(count));
}
