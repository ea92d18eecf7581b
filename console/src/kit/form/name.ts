/** What it is to be called, if that is another name than it has. */
export function otherName(name: string, { name: before }: { name: string | null }): { name: string } | undefined {
  const trimmed = name.trim();
  return trimmed === '' || trimmed === before ? undefined : { name: trimmed };
}
