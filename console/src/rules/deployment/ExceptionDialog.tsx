// An exception to a deployment: another one about the same item, for one tenant or one computer, which beats it there by its scope.
import { Button, SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ComputerSelect } from '~/fleet/computer/ComputerSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { FormModal } from '~/kit/action/FormModal.tsx';

export function ExceptionDialog({ of, close }: { of: string; close: () => void }) {
  const navigate = useNavigate();
  const [kind, setKind] = useState<'computer' | 'tenant'>('computer');
  const [id, setId] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id) void navigate({ to: '/deployments/new', search: { from: of, [kind]: id } });
  };
  return (
    <FormModal opened onClose={close} title="Make an exception" size="md">
      <form className="stack" onSubmit={submit}>
        <p>A new deployment about the same item that leaves it alone there. The narrower one wins: a computer over a tenant, a tenant over all.</p>
        <SegmentedControl
          aria-label="Where"
          value={kind}
          onChange={(chosen) => {
            setKind(chosen === 'tenant' ? 'tenant' : 'computer');
            setId(undefined);
          }}
          data={[
            { value: 'computer', label: 'One computer' },
            { value: 'tenant', label: 'One tenant' },
          ]}
        />
        {kind === 'computer' ? (
          <ComputerSelect label="Computer" placeholder="Type a part of its name" value={id} onChange={setId} required />
        ) : (
          <TenantSelect label="Tenant" placeholder="Type a part of its name" value={id} onChange={setId} required />
        )}
        <div className="bar">
          <span className="grow" />
          <Button onClick={close}>Leave it</Button>
          <Button type="submit" variant="filled">
            Go on to the editor
          </Button>
        </div>
      </form>
    </FormModal>
  );
}
