import { Button, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { PAST } from '~/kit/action/Action.tsx';
import { Errors, FieldError } from '~/kit/action/Errors.tsx';
import { Refusals } from '~/kit/action/Refusals.tsx';
import { refusalOf } from '~/kit/action/refusal.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useChange } from '~/kit/api/useChange.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { Loading } from '~/kit/state/PageBody.tsx';
import css from './enrolment.module.css';
import { endOf, SPANS, type Span } from './spans.ts';

const createMutation = graphql(`
  mutation CreateEnrolmentToken($input: CreateEnrolmentTokenInput!) {
    createEnrolmentToken(input: $input) {
      enrolmentToken { uuid maxUses expiresAt tenant { uuid name } }
      secret
      userErrors { code message field }
      position
    }
  }
`);

export type NewlyCreated = NonNullable<ResultOf<typeof createMutation>['createEnrolmentToken']>;

const MOST_USES = 100_000;
const FIELDS = ['tenantId', 'maxUses', 'expiresAt'] as const;
const SAID_BESIDE: ReadonlySet<string> = new Set(FIELDS.map((field) => `input.${field}`));
const SPAN_OPTIONS = SPANS.map(({ value, label }) => ({ value, label }));

interface Props {
  tenant: string | undefined;
  chooseTenant: (tenant: string | undefined) => void;
  created: (created: NewlyCreated) => void;
}

/** For which tenant, how many computers and how long. */
export function NewToken({ tenant, chooseTenant, created }: Props) {
  const [uses, setUses] = useState<number | string>(1);
  const [span, setSpan] = useState<Span>('day');
  const { send, isBusy, outcome } = useChange(createMutation);
  const makes = useMakes(tenant);
  const isPast = useMoment() !== undefined;
  const may = makes('createEnrolmentToken');
  const refusal = isPast ? PAST : refusalOf(may);
  if (may?.isAwaited && !isPast) return <Loading />;
  if (refusal) return <Refusals of={[{ label: 'Create a token', reason: refusal }]} />;

  const isCount = typeof uses === 'number' && uses >= 1 && uses <= MOST_USES;
  const isReady = tenant !== undefined && isCount;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const came = await send((commandId) => ({ input: { tenantId: tenant, maxUses: uses, expiresAt: endOf(span, Date.now()), options: { commandId } } }));
    if (came.kind === 'done') created(came.payload);
  };
  const errorOf = (field: (typeof FIELDS)[number]) => {
    const error = outcome?.kind === 'refused' ? outcome.errors.find((one) => one.field?.join('.') === `input.${field}`) : undefined;
    return error && <FieldError error={error} />;
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className={css.fields}>
        <TenantSelect
          label="Tenant"
          description="The computers will belong to it."
          value={tenant}
          onChange={chooseTenant}
          required
          error={errorOf('tenantId')}
        />
        <NumberInput
          label="For how many computers"
          description="One agent on each."
          min={1}
          max={MOST_USES}
          clampBehavior="none"
          allowDecimal={false}
          value={uses}
          onChange={setUses}
          error={isCount ? errorOf('maxUses') : `From 1 to ${MOST_USES.toLocaleString('en')}`}
        />
        <Select
          label="Good for"
          description="Nobody enrols with it afterwards."
          data={SPAN_OPTIONS}
          value={span}
          onChange={(value) => setSpan(SPANS.find((one) => one.value === value)?.value ?? span)}
          allowDeselect={false}
          error={errorOf('expiresAt')}
        />
      </div>
      <Errors outcome={outcome} fields={SAID_BESIDE} />
      <div className="bar">
        <Button type="submit" variant="filled" loading={isBusy}>
          Create the token
        </Button>
        {!tenant && <span className="small dimmed">Choose a tenant first.</span>}
      </div>
    </form>
  );
}
