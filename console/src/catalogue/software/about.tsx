// What is told of a software: who makes it, and what technicians should know of it.
import { Textarea, TextInput } from '@mantine/core';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import type { OfSoftware } from './actions.tsx';

/** The longest notes that the API takes, in characters. */
const LONGEST_NOTES = 10_000;

const namePublisher = graphql(`
  mutation NameSoftwarePublisher($input: NameSoftwarePublisherInput!) {
    nameSoftwarePublisher(input: $input) { software { uuid publisher } position userErrors { code message field } }
  }
`);

/** A text as it is to be; nothing if it is so already, and null to take it away. */
function other(text: string, before: string | null): { text: string | null } | undefined {
  const next = text.trim() || null;
  return next === before ? undefined : { text: next };
}

export function NamePublisher({ software }: OfSoftware) {
  return (
    <ThingAction
      of={software}
      label="Name the publisher"
      mutation="nameSoftwarePublisher"
      document={namePublisher}
      begin={({ publisher }) => publisher ?? ''}
      words={({ name }) => ({ title: `Who makes ${name}`, verb: 'Save' })}
      input={(text, { publisher }) => {
        const wanted = other(text, publisher);
        return wanted && { publisher: wanted.text };
      }}
      done={({ seen, payload: { software } }) =>
        tell(
          software?.publisher ? `${seen.name} is made by ${software.publisher}` : `Nobody is named as the publisher of ${seen.name} any more`,
          <Undo document={namePublisher} input={{ id: seen.uuid, publisher: seen.publisher }} />,
        )
      }
    >
      {(publisher, change, errorOf) => (
        <TextInput
          label="Publisher"
          description="Empty where nobody is to be named."
          value={publisher}
          onChange={(event) => change(event.currentTarget.value)}
          error={errorOf('publisher')}
          data-autofocus
        />
      )}
    </ThingAction>
  );
}

const writeNotes = graphql(`
  mutation WriteSoftwareNotes($input: WriteSoftwareNotesInput!) {
    writeSoftwareNotes(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

export function WriteNotes({ software }: OfSoftware) {
  return (
    <ThingAction
      of={software}
      label={software.notes ? 'Change the notes' : 'Write notes'}
      mutation="writeSoftwareNotes"
      document={writeNotes}
      begin={({ notes }) => notes ?? ''}
      words={({ name }) => ({ title: `What to know of ${name}`, verb: 'Save' })}
      input={(text, { notes }) => {
        const wanted = other(text, notes);
        return wanted && { notes: wanted.text };
      }}
      done={({ seen, fields }) =>
        tell(
          fields.trim() ? `The notes of ${seen.name} were written` : `The notes of ${seen.name} were taken away`,
          <Undo document={writeNotes} input={{ id: seen.uuid, notes: seen.notes }} />,
        )
      }
    >
      {(notes, change, errorOf) => (
        <Textarea
          label="Notes"
          description="Lines of plain text, for the technicians. No passwords: everybody who sees the software reads them."
          autosize
          minRows={4}
          maxRows={16}
          maxLength={LONGEST_NOTES}
          value={notes}
          onChange={(event) => change(event.currentTarget.value)}
          error={errorOf('notes')}
          data-autofocus
        />
      )}
    </ThingAction>
  );
}
