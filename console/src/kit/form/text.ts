/** A text as it is to be; nothing if it is so already, and null to take it away. */
export function otherText(text: string, before: string | null): { text: string | null } | undefined {
  const next = text.trim() || null;
  return next === before ? undefined : { text: next };
}
