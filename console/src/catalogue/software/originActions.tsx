// What can be done with a title of the catalogue, which only its source changes: it is deployed as it is, or copied and changed.
import { useNavigate } from '@tanstack/react-router';
import { useMakes } from '~/access/may/useMakes.ts';
import { Action } from '~/kit/action/Action.tsx';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import type { OfSoftware } from './actions.tsx';

const copySoftware = graphql(`
  mutation CopySoftware($input: CopySoftwareInput!) {
    copySoftware(input: $input) { software { uuid name } position userErrors { code message field } }
  }
`);

/** What is expected is the title's revision: what is copied is what was looked at. */
export function CopySoftware({ software }: OfSoftware) {
  const navigate = useNavigate();
  return (
    <ThingAction
      of={software}
      label="Copy to my software"
      mutation="copySoftware"
      document={copySoftware}
      begin={({ name }) => name}
      words={({ name }) => ({
        title: `Copy ${name} to my software`,
        verb: 'Copy it',
        means: 'The copy begins as the title is now, and is yours to change: its source changes it no more. Deployments of the title stay with the title.',
      })}
      input={(name) => (name.trim() ? { name: name.trim() } : undefined)}
      done={({ seen, payload: { software } }) => {
        if (!software) return;
        tell(`${seen.name} was copied`, `Deployments go on with the title until they name ${software.name} of yours.`);
        void navigate({ to: '/software/$id', params: { id: software.uuid } });
      }}
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </ThingAction>
  );
}

/** The editor of a deployment, filled in: nothing happens before what it would do was shown there. */
export function Deploy({ software: { uuid } }: { software: { uuid: string } }) {
  const navigate = useNavigate();
  const may = useMakes()('createDeployment');
  return (
    <Action may={may} onClick={() => void navigate({ to: '/deployments/new', search: { software: uuid, filter: 'WORKSTATIONS' } })}>
      Deploy to all workstations
    </Action>
  );
}
