// The choice of a package, and how far it has come.
import { Button } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { size } from '~/kit/text/size.ts';
import css from '../software.module.css';
import type { Upload } from './useUpload.ts';

interface Props {
  upload: Upload;
  start: (file: File | null) => Promise<unknown>;
  error: ReactNode;
}

export function PackageField({ upload, start, error }: Props) {
  const id = useId();
  return (
    <div className={css.upload}>
      <label htmlFor={id} className="small">
        <strong>Package</strong> <span className="dimmed">The file that install and upgrade need, if they need one. It is sent at once.</span>
      </label>
      <div className="bar">
        <input id={id} type="file" className="grow small" onChange={(event) => void start(event.currentTarget.files?.[0] ?? null)} />
        {(upload.kind === 'reading' || upload.kind === 'sending') && <Button onClick={() => void start(null)}>Stop</Button>}
        {upload.kind === 'failed' && <Button onClick={() => void start(upload.file)}>Send again</Button>}
      </div>
      <Progress upload={upload} />
      {error && (
        <p className="small" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function Progress({ upload }: { upload: Upload }) {
  if (upload.kind === 'none') return null;
  if (upload.kind === 'failed') {
    return (
      <p className="small break" role="alert">
        {upload.message} <span className="mono">{upload.code}</span>
      </p>
    );
  }
  if (upload.kind === 'there') {
    return (
      <p className="small break" role="status">
        {upload.wasThere ? 'The server has it already' : 'Uploaded'}: {size(upload.file.size)}, SHA-256 <span className="mono">{upload.uploaded.sha256}</span>
      </p>
    );
  }
  const doing = upload.kind === 'reading' ? 'Reckoning its SHA-256' : 'Sending';
  return (
    <div className="small">
      <progress className={css.progress} max={upload.file.size} value={upload.bytes} aria-label={doing} />
      {doing}: {size(upload.bytes)} of {size(upload.file.size)}
    </div>
  );
}
