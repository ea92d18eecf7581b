// What a revision of a deployment changed, in words: what it was, and what it is.
import type { SecretNames } from '~/catalogue/task/parameter/value.ts';
import { capital, sentence } from '~/kit/text/words.ts';
import { desiredWords } from '../editor/words.ts';
import { toldWords } from '../told.ts';
import { decisionIn, type Part, type Said } from './said.ts';

export interface Difference {
  what: string;
  /** Nothing where it is not known. */
  before: string | undefined;
  after: string;
}

const PARTS: Record<Exclude<Part, 'CREATED'>, { what: string; words: (said: Said, names: SecretNames) => string | undefined }> = {
  DESIRED: { what: 'State', words: ({ draft }) => desiredWords(draft) },
  TARGET: { what: 'Target', words: ({ target }) => target.text },
  PARAMETERS: { what: 'Parameters', words: ({ draft }, names) => toldWords(draft.told, names) },
  ENFORCEMENT: { what: 'Enforcement', words: ({ draft }) => sentence(draft.enforcement) },
  STATUS: { what: 'Status', words: ({ status }) => sentence(status) },
  RECOMMENDATION: { what: 'Recommendation', words: (said) => sentence(decisionIn(said)) || undefined },
};

/** `before` is the revision right before it; nothing where the viewer may not see that. */
export function differences(before: Said | undefined, said: Said, names: SecretNames): Difference[] {
  return said.changed.flatMap((part) => {
    if (part === 'CREATED') return [];
    const { what, words } = PARTS[part];
    const after = words(said, names);
    return after === undefined ? [] : [{ what, before: before && words(before, names), after }];
  });
}

/** "Created", "Disabled", "State and target changed". */
export function titleOf(said: Said): string {
  const { changed, status } = said;
  if (changed.includes('CREATED')) return 'Created';
  if (changed.includes('STATUS')) return sentence(status);
  if (changed.includes('RECOMMENDATION')) return sentence(decisionIn(said)) || 'Recommendation decided';
  const parts = changed.map((part) => (part === 'CREATED' ? '' : PARTS[part].what.toLowerCase()));
  return `${capital([parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and '))} changed`;
}
