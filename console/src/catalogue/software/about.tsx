// What is told of a software: who makes it, and what technicians should know of it.
import { TextInput } from '@mantine/core';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { otherText } from '~/kit/form/text.ts';
import { WriteNotes } from '../notes/WriteNotes.tsx';
import type { OfSoftware } from './actions.tsx';

const namePublisher = graphql(`
  mutation NameSoftwarePublisher($input: NameSoftwarePublisherInput!) {
    nameSoftwarePublisher(input: $input) { software { uuid publisher } position userErrors { code message field } }
  }
`);

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
        const wanted = otherText(text, publisher);
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

export function WriteSoftwareNotes({ software }: OfSoftware) {
  return <WriteNotes of={software} what="the software" mutation="writeSoftwareNotes" document={writeNotes} />;
}
