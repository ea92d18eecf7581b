// A parameter that takes a secret: one of those that can be told for the target's computers, or a new one, made right here.
import type { ReactNode } from 'react';
import { CreateSecret } from '~/catalogue/secret/CreateSecret.tsx';
import { SecretSelect } from '~/catalogue/secret/SecretSelect.tsx';
import type { Parameter } from '~/catalogue/task/parameter/parameter.ts';
import type { Value } from '~/catalogue/task/parameter/value.ts';
import type { Draft } from './draft.ts';
import css from './editor.module.css';
import { useWhose } from './useWhose.ts';

interface Props {
  parameter: Parameter;
  label: ReactNode;
  value: Value | undefined;
  tell: (value: Value | undefined) => void;
  error: ReactNode;
  draft: Draft;
}

export function SecretField({ parameter: { help, isRequired }, label, value, tell, error, draft }: Props) {
  const whose = useWhose(draft);
  return (
    <>
      <SecretSelect
        label={label}
        description={[help, WHICH[whose === 'several' ? 'several' : 'one']].filter(Boolean).join(' ')}
        placeholder="Type a part of its name"
        required={isRequired}
        whose={whose}
        value={value && 'secretId' in value ? value.secretId : undefined}
        onChange={(secretId) => tell(secretId ? { secretId } : undefined)}
        error={error}
      />
      <div className={css.instead}>
        <CreateSecret
          label="New secret"
          size="compact-xs"
          {...(whose === 'several' ? { isForEverybody: true } : { tenantId: whose.tenantId })}
          done={({ id }) => tell({ secretId: id })}
        />
      </div>
    </>
  );
}

const WHICH = {
  one: "The tenant's secrets, and the installation's.",
  several: "For several tenants: the installation's secrets alone.",
};
