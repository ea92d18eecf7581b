import type { UserError } from '~/kit/api/useChange.ts';
import type { Draft } from './draft.ts';

/** What each step of the form works on. */
export interface FieldsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** What the server says against it, each shown beside its field. */
  errors: readonly UserError[];
  isNew: boolean;
}
