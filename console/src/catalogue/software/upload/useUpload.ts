// A package on its way to the server: read for its digest, sent, there. After a break it is gone on with behind what has arrived.
import { useCallback, useEffect, useRef, useState } from 'react';
import { digestOf } from './digest.ts';
import { lineTo } from './line.ts';
import { send } from './send.ts';

export interface UploadedPackage {
  fileName: string;
  sha256: string;
}

export type Upload =
  | { kind: 'none' }
  | { kind: 'reading' | 'sending'; file: File; bytes: number }
  | { kind: 'there'; file: File; uploaded: UploadedPackage; wasThere: boolean }
  | { kind: 'failed'; file: File; code: string; message: string };

/** `isKnown` says of a digest whether the server has it already: then nothing is sent. */
export function useUpload(isKnown: (sha256: string) => boolean) {
  const [upload, setUpload] = useState<Upload>({ kind: 'none' });
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    async (file: File | null) => {
      running.current?.abort();
      if (!file) return setUpload({ kind: 'none' });
      const stop = new AbortController();
      running.current = stop;
      const change = (next: Upload) => !stop.signal.aborted && setUpload(next);
      try {
        change({ kind: 'reading', file, bytes: 0 });
        const sha256 = await digestOf(file, (bytes) => change({ kind: 'reading', file, bytes }), stop.signal);
        const uploaded = { fileName: file.name, sha256 };
        if (isKnown(sha256)) return change({ kind: 'there', file, uploaded, wasThere: true });
        change({ kind: 'sending', file, bytes: 0 });
        const sent = await send(lineTo(sha256, file), (bytes) => change({ kind: 'sending', file, bytes }), stop.signal);
        if (sent.kind === 'there') change({ kind: 'there', file, uploaded, wasThere: false });
        else if (sent.kind === 'refused') change({ kind: 'failed', file, code: sent.code, message: sent.message });
      } catch (error) {
        change({ kind: 'failed', file, code: 'UNREADABLE', message: `The file could not be read: ${error instanceof Error ? error.message : String(error)}` });
      }
    },
    [isKnown],
  );
  return { upload, start };
}
