// The parts that scripts have in what they are of: each thing has its own parts, and at most one script for each.

export interface PartWords {
  name: string;
  /** What it does, and what it has to answer. */
  means: string;
}

export function ofRole<S extends { role: string }>(scripts: readonly S[], role: S['role']): S | undefined {
  return scripts.find((one) => one.role === role);
}
