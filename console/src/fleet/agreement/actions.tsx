// What can be done with an agreement. All of it may change what computers get, and shows so first.
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import type { Thing } from '~/kit/action/asking.ts';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { PreviewedAction } from '~/rules/preview/PreviewedAction.tsx';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { type PeriodDraft, PeriodFields } from './PeriodFields.tsx';
import { type Period, periodInput } from './period.ts';

/** An agreement as its actions need it: as it was when they were opened. */
export interface AgreementSeen extends Thing {
  name: string;
  agreementType: string;
  period: Period;
}

interface OfAgreement {
  agreement: AgreementSeen;
}

const ALWAYS: PeriodDraft = { firstDay: '', lastDay: '' };
const draftOf = ({ firstDay, lastDay }: Period): PeriodDraft => ({ firstDay: firstDay ?? '', lastDay: lastDay ?? '' });

const addAgreement = graphql(`
  mutation AddAgreement($input: AddAgreementInput!) {
    addAgreement(input: $input) { agreement { uuid name } position userErrors { code message field } }
  }
`);

export function AddAgreement({ tenantId }: { tenantId: string | undefined }) {
  const makes = useMakes(tenantId);
  return (
    <DialogAction label="Add an agreement" may={makes('addAgreement')}>
      {(dialog) => <AddDialog {...dialog} tenantId={tenantId} />}
    </DialogAction>
  );
}

function AddDialog({ tenantId: ofList, ...dialog }: Dialog & { tenantId: string | undefined }) {
  const navigate = useNavigate();
  const [tenantId, setTenantId] = useState(ofList);
  const [name, setName] = useState('');
  const [agreementType, setType] = useState('');
  const [period, setPeriod] = useState(ALWAYS);
  const input = { tenantId: tenantId ?? '', name: name.trim(), agreementType: agreementType.trim(), period: periodInput(period.firstDay, period.lastDay) };
  return (
    <PreviewedDialog
      {...dialog}
      title="Add an agreement"
      verb="Add"
      document={addAgreement}
      change={{ addAgreement: input }}
      variables={({ confirmImpact, ...options }) => ({ input: { ...input, confirmImpact, options } })}
      isReady={tenantId !== undefined && input.name !== '' && input.agreementType !== ''}
      done={({ payload: { agreement } }) => {
        if (!agreement) return;
        tell(`${agreement.name} was added`);
        void navigate({ to: '/agreements/$id', params: { id: agreement.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <TenantSelect label="Tenant" required value={tenantId} onChange={setTenantId} error={errorOf('tenantId')} isClearable={false} />
          <NameInput value={name} onChange={setName} error={errorOf('name')} />
          <TextInput
            label="Type"
            description="As your PSA calls it; deployments choose by it."
            required
            value={agreementType}
            onChange={(event) => setType(event.currentTarget.value)}
            error={errorOf('agreementType')}
          />
          <PeriodFields draft={period} change={setPeriod} errorOf={errorOf} />
        </>
      )}
    </PreviewedDialog>
  );
}

const changeAgreement = graphql(`
  mutation ChangeAgreement($input: ChangeAgreementInput!) {
    changeAgreement(input: $input) { agreement { uuid } position userErrors { code message field } }
  }
`);

export function ChangeAgreement({ agreement }: OfAgreement) {
  return (
    <PreviewedAction
      of={agreement}
      label="Change"
      mutation="changeAgreement"
      document={changeAgreement}
      begin={({ agreementType, period }) => ({ agreementType, period: draftOf(period) })}
      words={({ name }) => ({ title: `Change ${name}` })}
      input={changed}
      done={({ seen }) => tell(`${seen.name} was changed`)}
    >
      {({ agreementType, period }, change, errorOf) => (
        <>
          <TextInput
            label="Type"
            required
            value={agreementType}
            onChange={(event) => change({ period, agreementType: event.currentTarget.value })}
            error={errorOf('agreementType')}
          />
          <PeriodFields draft={period} change={(period) => change({ agreementType, period })} errorOf={errorOf} />
        </>
      )}
    </PreviewedAction>
  );
}

/** What differs from what was seen; nothing if nothing does. */
function changed({ agreementType: typed, period }: { agreementType: string; period: PeriodDraft }, seen: AgreementSeen) {
  const [agreementType, before] = [typed.trim(), draftOf(seen.period)];
  const isOtherType = agreementType !== seen.agreementType;
  const isOtherPeriod = period.firstDay !== before.firstDay || period.lastDay !== before.lastDay;
  if (agreementType === '' || !(isOtherType || isOtherPeriod)) return undefined;
  return {
    agreementType: isOtherType ? agreementType : undefined,
    period: isOtherPeriod ? periodInput(period.firstDay, period.lastDay) : undefined,
  };
}

const recordAddition = graphql(`
  mutation RecordAgreementAddition($input: RecordAgreementAdditionInput!) {
    recordAgreementAddition(input: $input) { agreement { uuid } position userErrors { code message field } }
  }
`);

interface Addition {
  product: string;
  period: Period;
}

/** A new product, or other days of one that is there. */
export function RecordAddition({ agreement, addition }: OfAgreement & { addition?: Addition }) {
  return (
    <PreviewedAction
      of={agreement}
      label={addition ? 'Other days' : 'Add a product'}
      isInRow={addition !== undefined}
      mutation="recordAgreementAddition"
      document={recordAddition}
      begin={() => ({ product: addition?.product ?? '', period: addition ? draftOf(addition.period) : ALWAYS })}
      words={({ name }) =>
        addition ? { title: `Days of ${addition.product} on ${name}`, verb: 'Change' } : { title: `Add a product to ${name}`, verb: 'Add' }
      }
      input={({ product, period }) => (product.trim() ? { product: product.trim(), period: periodInput(period.firstDay, period.lastDay) } : undefined)}
      done={({ seen, fields }) => tell(`${fields.product.trim()} is on ${seen.name}`)}
    >
      {({ product, period }, change, errorOf) => (
        <>
          {!addition && (
            <TextInput
              label="Product"
              required
              value={product}
              onChange={(event) => change({ period, product: event.currentTarget.value })}
              error={errorOf('product')}
              data-autofocus
            />
          )}
          <PeriodFields draft={period} change={(period) => change({ product, period })} errorOf={errorOf} />
        </>
      )}
    </PreviewedAction>
  );
}

const removeAddition = graphql(`
  mutation RemoveAgreementAddition($input: RemoveAgreementAdditionInput!) {
    removeAgreementAddition(input: $input) { agreement { uuid } position userErrors { code message field } }
  }
`);

export function RemoveAddition({ agreement, addition: { product, period } }: OfAgreement & { addition: Addition }) {
  return (
    <PreviewedAction
      of={agreement}
      label="Take off"
      isInRow
      mutation="removeAgreementAddition"
      document={removeAddition}
      words={({ name }) => ({ title: `Take ${product} off ${name}`, isDangerous: true })}
      input={() => ({ product })}
      done={({ seen, confirmImpact }) => {
        // Its days alone: an answer has more in it than an input may have.
        const before = { product, period: periodInput(period.firstDay, period.lastDay) };
        tell(`${product} is not on ${seen.name} any more`, <Undo document={recordAddition} input={{ id: seen.uuid, ...before, confirmImpact }} />);
      }}
    />
  );
}

const removeAgreement = graphql(`
  mutation RemoveAgreement($input: RemoveAgreementInput!) {
    removeAgreement(input: $input) { agreement { uuid } position userErrors { code message field } }
  }
`);

export function RemoveAgreement({ agreement }: OfAgreement) {
  return (
    <PreviewedAction
      of={agreement}
      label="Remove"
      mutation="removeAgreement"
      document={removeAgreement}
      words={({ name }) => ({
        title: `Remove ${name}`,
        means: 'It chooses no computers then. This cannot be undone; it can be added anew.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} was removed`)}
    />
  );
}
