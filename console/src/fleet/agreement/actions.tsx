// What can be done with an agreement. All of it may change what computers get, and shows so first.
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { type PeriodDraft, PeriodFields } from './PeriodFields.tsx';
import { type Period, periodInput } from './period.ts';

/** An agreement as its actions need it: as it was when they were opened. */
export interface AgreementSeen {
  uuid: string;
  name: string;
  agreementType: string;
  period: Period;
  revision: number;
  may: May;
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
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} />
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
    <DialogAction label="Change" may={possible(agreement.may, 'changeAgreement')}>
      {(dialog) => <AgreementDialog {...dialog} agreement={agreement} />}
    </DialogAction>
  );
}

function AgreementDialog({ agreement, ...dialog }: Dialog & OfAgreement) {
  const [seen] = useState(agreement);
  const [agreementType, setType] = useState(seen.agreementType);
  const [period, setPeriod] = useState(draftOf(seen.period));
  const before = draftOf(seen.period);
  const isOtherPeriod = period.firstDay !== before.firstDay || period.lastDay !== before.lastDay;
  const isOtherType = agreementType.trim() !== seen.agreementType;
  const input = {
    id: seen.uuid,
    agreementType: isOtherType ? agreementType.trim() : undefined,
    period: isOtherPeriod ? periodInput(period.firstDay, period.lastDay) : undefined,
  };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Change ${seen.name}`}
      verb="Change"
      document={changeAgreement}
      change={{ changeAgreement: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={agreementType.trim() !== '' && (isOtherType || isOtherPeriod)}
      done={() => tell(`${seen.name} was changed`)}
    >
      {(errorOf) => (
        <>
          <TextInput label="Type" required value={agreementType} onChange={(event) => setType(event.currentTarget.value)} error={errorOf('agreementType')} />
          <PeriodFields draft={period} change={setPeriod} errorOf={errorOf} />
        </>
      )}
    </PreviewedDialog>
  );
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
    <DialogAction label={addition ? 'Other days' : 'Add a product'} isInRow={addition !== undefined} may={possible(agreement.may, 'recordAgreementAddition')}>
      {(dialog) => <AdditionDialog {...dialog} agreement={agreement} addition={addition} />}
    </DialogAction>
  );
}

function AdditionDialog({ agreement, addition, ...dialog }: Dialog & OfAgreement & { addition: Addition | undefined }) {
  const [seen] = useState(agreement);
  const [product, setProduct] = useState(addition?.product ?? '');
  const [period, setPeriod] = useState(addition ? draftOf(addition.period) : ALWAYS);
  const input = { id: seen.uuid, product: product.trim(), period: periodInput(period.firstDay, period.lastDay) };
  return (
    <PreviewedDialog
      {...dialog}
      title={addition ? `Days of ${addition.product} on ${seen.name}` : `Add a product to ${seen.name}`}
      verb={addition ? 'Change' : 'Add'}
      document={recordAddition}
      change={{ recordAgreementAddition: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={input.product !== ''}
      done={() => tell(`${input.product} is on ${seen.name}`)}
    >
      {(errorOf) => (
        <>
          {!addition && (
            <TextInput
              label="Product"
              required
              value={product}
              onChange={(event) => setProduct(event.currentTarget.value)}
              error={errorOf('product')}
              data-autofocus
            />
          )}
          <PeriodFields draft={period} change={setPeriod} errorOf={errorOf} />
        </>
      )}
    </PreviewedDialog>
  );
}

const removeAddition = graphql(`
  mutation RemoveAgreementAddition($input: RemoveAgreementAdditionInput!) {
    removeAgreementAddition(input: $input) { agreement { uuid } position userErrors { code message field } }
  }
`);

export function RemoveAddition({ agreement, addition }: OfAgreement & { addition: Addition }) {
  return (
    <DialogAction label="Take off" isInRow may={possible(agreement.may, 'recordAgreementAddition')}>
      {(dialog) => <RemoveAdditionDialog {...dialog} agreement={agreement} addition={addition} />}
    </DialogAction>
  );
}

function RemoveAdditionDialog({ agreement, addition, ...dialog }: Dialog & OfAgreement & { addition: Addition }) {
  const [seen] = useState(agreement);
  const [{ product, period }] = useState(addition);
  const input = { id: seen.uuid, product };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Take ${product} off ${seen.name}`}
      verb="Take off"
      isDangerous
      document={removeAddition}
      change={{ removeAgreementAddition: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={(_, confirmImpact) =>
        tell(
          `${product} is not on ${seen.name} any more`,
          <Undo document={recordAddition} variables={(commandId) => ({ input: { ...input, period, confirmImpact, options: { commandId } } })} />,
        )
      }
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
    <DialogAction label="Remove" may={possible(agreement.may, 'removeAgreement')}>
      {(dialog) => <RemoveDialog {...dialog} agreement={agreement} />}
    </DialogAction>
  );
}

function RemoveDialog({ agreement, ...dialog }: Dialog & OfAgreement) {
  const [seen] = useState(agreement);
  const input = { id: seen.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Remove ${seen.name}`}
      verb="Remove"
      isDangerous
      document={removeAgreement}
      change={{ removeAgreement: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={() => tell(`${seen.name} was removed`)}
    >
      <p className="small">It chooses no computers then. This cannot be undone; it can be added anew.</p>
    </PreviewedDialog>
  );
}
