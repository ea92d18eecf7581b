import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { plural } from '~/kit/text/words.ts';
import { RunningAction } from '../../script/RunningAction.tsx';
import { asWritten } from '../../script/script.ts';
import type { OfSoftware, SoftwareSeen } from '../actions.tsx';
import { changeDetection } from '../mutations.ts';
import { asMatched, matchWords } from '../program.ts';
import { DetectionFields } from './DetectionFields.tsx';
import { type DetectionDraft, draftOf, otherThan, placesOf, unknownSigns } from './draft.ts';

export function ChangeDetection({ software }: OfSoftware) {
  return (
    <RunningAction
      of={software}
      label="Change detection"
      mutation="changeSoftwareDetection"
      document={changeDetection}
      begin={draftOf}
      words={(seen, draft) => {
        const means = meansOf(seen, draft);
        return { title: `How ${seen.name} is detected`, verb: `Change detection on ${plural(software.reach, 'computer')}`, ...(means && { means }) };
      }}
      input={otherThan}
      places={placesOf}
      done={({ seen, confirmImpact }) => {
        const before = detectionOf(seen);
        tell(
          `${seen.name} is detected in another way now`,
          <>The next sessions use it. {before && <Undo document={changeDetection} input={{ id: seen.uuid, ...before, confirmImpact }} />}</>,
        );
      }}
    >
      {(draft, change, errorOf) => <DetectionFields draft={draft} change={change} errorOf={errorOf} />}
    </RunningAction>
  );
}

/** Of what it takes the place, where that is not in the fields. */
function meansOf(seen: SoftwareSeen, { how }: DetectionDraft): string | undefined {
  const { detection, detectionProgram } = seen;
  if (how === 'script' && detectionProgram) return `It is told ${matchWords(detectionProgram.any.length)} now; a script takes its place.`;
  if (how === 'program' && detection) return 'A script detects it now; the installed programs take its place.';
  const unknown = unknownSigns(seen);
  return unknown > 0 ? `${plural(unknown, 'sign')} of it this console does not know: what is saved here is without them.` : undefined;
}

/** How it is detected, to be put back; nothing where that may not be read. */
function detectionOf({ detection, detectionProgram }: SoftwareSeen) {
  if (detectionProgram) {
    const match = asMatched(detectionProgram);
    return match && { detectionProgram: match };
  }
  const script = detection && asWritten(detection);
  return script ? { detection: script } : undefined;
}
