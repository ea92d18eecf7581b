import { expect, test } from 'vitest';
import { partsOf } from './parts.ts';

const item = (name: string, kind?: string) => ({ software: { name }, winner: kind ? { desired: { kind, text: kind.toLowerCase() } } : null });

test('a session brings about what is wanted, leaves alone what is to be left alone, and looks at nothing else', () => {
  expect(partsOf([item('Reader', 'UNINSTALLED'), item('CAD', 'IGNORED'), item('Viewer')])).toEqual({
    brought: [{ name: 'Reader', state: 'uninstalled' }],
    leftAlone: ['CAD'],
  });
});

test('what a deployment wants that the viewer may not see is told so', () => {
  expect(partsOf([{ software: null, winner: { desired: null } }]).brought).toHaveLength(1);
});
