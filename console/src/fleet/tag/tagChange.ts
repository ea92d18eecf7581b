/** What has to be given and taken away to come from some tags to others; upper and lower case are the same. */
export function tagChange(before: readonly string[], after: readonly string[]): { add: string[]; remove: string[] } {
  const without = (tags: readonly string[], others: readonly string[]) => {
    const known = new Set(others.map((tag) => tag.toLowerCase()));
    return tags.filter((tag) => !known.has(tag.toLowerCase()));
  };
  return { add: without(after, before), remove: without(before, after) };
}
