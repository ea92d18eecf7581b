import { size } from '~/kit/text/size.ts';
import { hostOf } from './address.ts';

interface Props {
  packageFile: { fileName: string; sha256: string; size: string | number; url: string | null };
}

/** The file that an installation needs: whence it comes, and the digest by which it is known. */
export function Package({ packageFile: { fileName, sha256, size: bytes, url } }: Props) {
  return (
    <>
      {fileName}
      {Number(bytes) > 0 && `, ${size(Number(bytes))}`}
      <div className="small" title={url ?? undefined}>
        {url ? `fetched from ${hostOf(url)}${Number(bytes) > 0 ? '' : ', how large only that knows'}` : 'uploaded to this server'}
      </div>
      <div className="mono small dimmed" title={`SHA-256 ${sha256}`}>
        SHA-256 {sha256.slice(0, 16)}…
      </div>
    </>
  );
}
