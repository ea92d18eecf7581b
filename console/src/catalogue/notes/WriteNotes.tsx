// Writes what technicians should know of a thing of the catalogue.
import { Textarea } from '@mantine/core';
import type { DocumentInput } from '@urql/core';
import type { Thing } from '~/kit/action/asking.ts';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import type { graphql } from '~/kit/api/graphql.ts';
import { otherText } from '~/kit/form/text.ts';

/** The longest notes that the API takes, in characters. */
const LONGEST = 10_000;

export interface Noted extends Thing {
  name: string;
  notes: string | null;
}

/** All that have notes take the same. */
type Input = ReturnType<typeof graphql.scalar<'WriteSoftwareNotesInput'>>;

interface Props<D> {
  of: Noted;
  /** "the software": what the notes are read with. */
  what: string;
  mutation: string;
  document: DocumentInput<D, { input: Input }>;
}

export function WriteNotes<D>({ of, what, mutation, document }: Props<D>) {
  return (
    <ThingAction
      of={of}
      label={of.notes ? 'Change the notes' : 'Write notes'}
      mutation={mutation}
      document={document}
      begin={({ notes }) => notes ?? ''}
      words={({ name }) => ({ title: `What to know of ${name}`, verb: 'Save' })}
      input={(text, { notes }) => {
        const wanted = otherText(text, notes);
        return wanted && { notes: wanted.text };
      }}
      done={({ seen, fields }) =>
        tell(
          fields.trim() ? `The notes of ${seen.name} were written` : `The notes of ${seen.name} were taken away`,
          <Undo document={document} input={{ id: seen.uuid, notes: seen.notes }} />,
        )
      }
    >
      {(notes, change, errorOf) => (
        <Textarea
          label="Notes"
          description={`Lines of plain text, for the technicians. No passwords: everybody who sees ${what} reads them.`}
          autosize
          minRows={4}
          maxRows={16}
          maxLength={LONGEST}
          value={notes}
          onChange={(event) => change(event.currentTarget.value)}
          error={errorOf('notes')}
          data-autofocus
        />
      )}
    </ThingAction>
  );
}
