import { type ChoiceWords, Radios } from '~/kit/form/Radios.tsx';

export type Source = 'upload' | 'vendor';

const SOURCES: ChoiceWords<Source> = {
  upload: { name: 'This server', means: 'It is uploaded here, and agents fetch it from here. A version may also have none.' },
  vendor: { name: 'Its vendor', means: 'Agents fetch it from an address; it has to have the SHA-256 that is written here.' },
};

/** From where agents fetch the package. */
export function PackageSource({ source, change }: { source: Source; change: (source: Source) => void }) {
  return <Radios label="The package comes from" words={SOURCES} value={source} change={change} error={undefined} />;
}
