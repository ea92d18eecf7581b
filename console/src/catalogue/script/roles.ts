// The parts that scripts have in what they are of: each thing has its own parts, and at most one script for each.

export interface PartWords {
  name: string;
  /** What it does, and what it has to answer. */
  means: string;
}

interface OfRole<R extends string> {
  role: R;
}

export function ofRole<R extends string, S extends OfRole<R>>(scripts: readonly S[], role: R): S | undefined {
  return scripts.find((one) => one.role === role);
}
