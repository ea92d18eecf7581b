// The editor of a deployment: the form, and beside it what it says, what it would do, and the button that says how many it changes.
import type { ReactNode } from 'react';
import { PreviewView } from '../../preview/PreviewView.tsx';
import { useLooking } from '../../preview/useLooking.ts';
import { type PreviewInput, usePreview } from '../../preview/usePreview.ts';
import { toldWords, useNamesIn } from '../told.ts';
import { missing } from './draft.ts';
import css from './editor.module.css';
import { ItemFields } from './ItemFields.tsx';
import { fieldOf } from './mistakes.ts';
import { ParameterFields } from './ParameterFields.tsx';
import { Save, type Saving } from './Save.tsx';
import { TargetFields } from './TargetFields.tsx';
import { missingOf, toldByDraft } from './telling.ts';
import type { Drafting } from './useDraft.ts';
import { useParameters } from './useParameters.ts';
import { WhenFields } from './WhenFields.tsx';
import { sentenceOf } from './words.ts';

/** How long the form has to stay as it is before the preview is asked for, in milliseconds. */
const STILL = 300;
const CHANGES_SHOWN = 20;

interface Props {
  title: string;
  drafting: Drafting;
  isNew: boolean;
  /** The draft as a change; nothing where it would change nothing. Asked only of a draft that lacks nothing. */
  changeOf: () => PreviewInput | undefined;
  saving: Omit<Saving, 'reach' | 'hindrance'>;
  /** What is to be known of it before it is changed. */
  note?: string | undefined;
  /** What has to be decided before anything else. */
  conflict?: ReactNode;
}

export function Editor({ title, drafting, isNew, changeOf, saving, note, conflict }: Props) {
  const { draft, change, isResumed, isDirty } = drafting;
  const parameters = useParameters(draft.item);
  const lacking = [...missing(draft), ...missingOf(parameters.known ?? [], draft)];
  const imagined = lacking.length === 0 ? changeOf() : undefined;
  const looking = useLooking(JSON.stringify(imagined), CHANGES_SHOWN);
  const previewed = usePreview(imagined, looking.view, STILL);
  const errors = (previewed.isCurrent && previewed.preview?.userErrors) || [];
  const told = toldByDraft(parameters.known ?? [], draft);
  const names = useNamesIn(told);
  const fields = { draft, change, errors, isNew };
  return (
    <div className="stack">
      <h1>{title}</h1>
      {isResumed && isDirty && <p className="dimmed small">This draft was begun earlier in this tab.</p>}
      {note && <p className="dimmed small">{note}</p>}
      {conflict}
      <div className={css.editor}>
        <div className="stack">
          <ItemFields {...fields} />
          <ParameterFields {...fields} parameters={parameters} />
          <TargetFields {...fields} />
          <WhenFields {...fields} />
        </div>
        <div className={css.beside}>
          <section className="card stack">
            <h2>In words</h2>
            <p className={css.words} aria-live="polite">
              {sentenceOf(draft)}
            </p>
            {told.length > 0 && <p className="small break">It tells the task {toldWords(told, names)}.</p>}
          </section>
          <section className="card stack">
            <h2>What would change</h2>
            {imagined ? (
              <PreviewView previewed={previewed} looking={looking} isBeside={(error) => fieldOf(error) !== undefined} />
            ) : (
              <p className="dimmed">
                {lacking.length > 0 ? `Still missing: ${lacking.join(', ')}.` : 'It says what is saved already: there is nothing to change.'}
              </p>
            )}
            <Save
              {...saving}
              hindrance={hindrance(lacking, imagined !== undefined, errors.length > 0, conflict !== undefined)}
              reach={previewed.isCurrent ? previewed.preview?.difference?.computerCount : undefined}
              change={JSON.stringify(imagined)}
              again={previewed.again}
            />
          </section>
        </div>
      </div>
    </div>
  );
}

/** Why it cannot be saved as it is; nothing if it can, or if that is not known yet. */
function hindrance(lacking: readonly string[], isChange: boolean, isWrong: boolean, isConflict: boolean): string | undefined {
  if (isConflict) return 'Decide above first: somebody else changed it too.';
  if (lacking.length > 0) return `To save it, choose ${lacking.join(', ')}.`;
  if (!isChange) return 'Nothing to save yet.';
  return isWrong ? 'To save it, mend what is marked.' : undefined;
}
