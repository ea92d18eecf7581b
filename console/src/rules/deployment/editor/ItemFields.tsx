// The first step: what it is about, and which state is wanted.
import { FieldError } from '~/kit/action/Errors.tsx';
import { hasVersion } from '../kinds.ts';
import { fitted, ofItem } from './draft.ts';
import type { FieldsProps } from './fields.ts';
import { ItemSelect } from './ItemSelect.tsx';
import { mistakeIn } from './mistakes.ts';
import { StateField } from './StateField.tsx';
import { VersionSelect } from './VersionSelect.tsx';

export function ItemFields({ draft, change, errors, isNew }: FieldsProps) {
  const { item, desired, version } = fitted(draft);
  const wrongVersion = mistakeIn(errors, 'desired.version');
  return (
    <section className="card stack">
      <h2>What</h2>
      {isNew ? (
        <ItemSelect value={item} onChange={(chosen) => chosen?.id !== item?.id && change(ofItem(chosen))} />
      ) : (
        <p>
          <strong>{item?.name}</strong> <span className="which">{item?.which}</span>
          <br />
          <span className="dimmed small">A deployment stays about its item; another item needs another deployment.</span>
        </p>
      )}
      <StateField draft={draft} change={change} errors={errors} />
      {hasVersion(desired) && item && (
        <VersionSelect
          key={item.id}
          softwareId={item.id}
          value={version}
          onChange={(version) => change({ version })}
          error={wrongVersion && <FieldError error={wrongVersion} />}
        />
      )}
    </section>
  );
}
