// How a software is detected: one of two ways, and the fields of that one.
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { type ChoiceWords, Radios } from '~/kit/form/Radios.tsx';
import { ScriptFields } from '../../script/ScriptFields.tsx';
import type { DetectionDraft, How } from './draft.ts';
import { SignFields } from './SignFields.tsx';

const TIMEOUT = 120;
const SCRIPT =
  'It prints the installed version and nothing else, or nothing where the software is absent, and ends with 0. It sees UPKEEP_ROOT and UPKEEP_SOFTWARE.';

const WAYS: ChoiceWords<How> = {
  script: { name: 'By a script', means: 'It runs on the computer and prints the version that is there.' },
  program: { name: 'Among the installed programs', means: "It is looked for in the list that the computer's own system keeps: nothing runs." },
};

interface Props {
  draft: DetectionDraft;
  change: (draft: DetectionDraft) => void;
  errorOf: ErrorOf;
}

export function DetectionFields({ draft, change, errorOf }: Props) {
  return (
    <>
      <Radios label="How it is detected" words={WAYS} value={draft.how} change={(how) => change({ ...draft, how })} error={undefined} />
      {draft.how === 'script' ? (
        <ScriptFields
          legend="Detection"
          member="detection"
          description={SCRIPT}
          draft={draft.script}
          change={(script) => change({ ...draft, script })}
          errorOf={errorOf}
          usualTimeout={TIMEOUT}
        />
      ) : (
        <SignFields signs={draft.signs} change={(signs) => change({ ...draft, signs })} errorOf={errorOf} />
      )}
    </>
  );
}
