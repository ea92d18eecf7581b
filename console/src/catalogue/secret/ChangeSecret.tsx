// What can be done with a secret, in its row: another one in its place, another name, and its end.
import { useRef, useState } from 'react';
import { ActionMenu } from '~/kit/action/ActionMenu.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { ThingDialog } from '~/kit/action/ThingDialog.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { plural } from '~/kit/text/words.ts';
import { changeSecret, removeSecret } from './mutations.ts';
import { SecretInput, type Written } from './SecretInput.tsx';
import type { Secret } from './secret.ts';

interface OfSecret {
  secret: Secret;
}

const DIALOGS = { replace: Replace, rename: Rename, remove: Remove } as const;

export function ChangeSecret({ secret }: OfSecret) {
  const [asked, ask] = useState<keyof typeof DIALOGS>();
  const Asked = asked && DIALOGS[asked];
  const mayChange = possible(secret.may, 'changeSecret');
  return (
    <>
      <ActionMenu
        label="Change"
        of={secret.name}
        isInRow
        actions={[
          { label: 'Replace…', choose: () => ask('replace'), may: mayChange },
          { label: 'Rename…', choose: () => ask('rename'), may: mayChange },
          { label: 'Remove…', choose: () => ask('remove'), may: possible(secret.may, 'removeSecret'), isDangerous: true },
        ]}
      />
      {Asked && <Asked secret={secret} isOpen close={() => ask(undefined)} />}
    </>
  );
}

function Replace({ secret, ...dialog }: Dialog & OfSecret) {
  const [{ uuid, name, revision, deployments }] = useState(secret);
  const [isFilled, fill] = useState(false);
  const field = useRef<Written>(null);
  return (
    <ChangeDialog
      {...dialog}
      title={`Replace ${name}`}
      label="Replace it"
      document={changeSecret}
      variables={(said) => ({ input: { id: uuid, value: field.current?.value ?? '', options: { ...said, expectedRevision: revision } } })}
      isReady={isFilled}
      done={() => tell(`${name} was replaced`, 'Scripts that begin from now on are told the new one.')}
    >
      {(errorOf) => (
        <>
          <p className="small">
            Every script that begins after it is told the new one{deployments.length > 0 && `, by ${plural(deployments.length, 'deployment')}`}. The one before
            is gone: nobody can bring it back.
          </p>
          <SecretInput label="New secret" field={field} fill={fill} error={errorOf('value')} />
        </>
      )}
    </ChangeDialog>
  );
}

function Rename({ secret, ...dialog }: Dialog & OfSecret) {
  return (
    <ThingDialog
      {...dialog}
      of={secret}
      label="Rename"
      document={changeSecret}
      begin={({ name }) => name}
      words={({ name }) => ({ title: `Rename ${name}` })}
      input={otherName}
      done={({ seen, fields }) =>
        tell(`${seen.name} is called ${fields.trim()} now`, <Undo document={changeSecret} input={{ id: seen.uuid, name: seen.name }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </ThingDialog>
  );
}

function Remove({ secret, ...dialog }: Dialog & OfSecret) {
  return (
    <ThingDialog
      {...dialog}
      of={secret}
      label="Remove"
      document={removeSecret}
      words={({ name }) => ({
        title: `Remove ${name}`,
        verb: 'Remove it',
        means: 'No deployment can tell it any more. It cannot be brought back.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} was removed`)}
    />
  );
}
