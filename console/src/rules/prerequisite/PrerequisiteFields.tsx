import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { ConditionFields } from './ConditionFields.tsx';
import { type Draft, sentenceOf } from './draft.ts';
import css from './prerequisite.module.css';
import { RangeFields } from './RangeFields.tsx';
import { ThenFields } from './ThenFields.tsx';

interface Props {
  /** What the software is called that needs it. */
  of: string;
  draft: Draft;
  change: (draft: Draft) => void;
  errorOf: ErrorOf;
}

/** A prerequisite as it is written, and beside its fields in words. */
export function PrerequisiteFields({ of, draft, change, errorOf }: Props) {
  return (
    <>
      <p className="small">What counts is the version of {of} that is brought, not the one that is there.</p>
      <RangeFields label="Versions that need it" draft={draft.versions} change={(versions) => change({ ...draft, versions })} error={errorOf('versions')} />
      <ConditionFields draft={draft} change={change} error={errorOf('when')} />
      <ThenFields draft={draft} change={change} error={errorOf('then')} />
      <p className={css.sentence} aria-live="polite">
        {sentenceOf(draft, of)}
      </p>
    </>
  );
}
