import { expect, test } from 'vitest';
import type { Chain, Link, Need } from './chain.ts';
import { COLUMN, drawingOf, MOST, placeOf, ROW } from './graph.ts';

const need = (uuid: string, software: Link | null, said: { kind?: Need['then']['kind']; when?: string } = {}): Need => ({
  uuid,
  when: { text: said.when ?? null },
  then: { kind: said.kind ?? 'INSTALL', text: '', software },
});
const link = (uuid: string, ...prerequisites: Need[]): Link => ({ uuid, name: uuid, prerequisites });
const chain = (prerequisites: Need[], neededBy: unknown = undefined) => ({ ...link('erp'), prerequisites, neededBy }) as unknown as Chain;

test('what is needed by two ways stands as far away as the longer one, once', () => {
  const runtime = link('runtime');
  const { boxes, arrows } = drawingOf(chain([need('p1', runtime, { when: 'java is not installed' }), need('p2', link('net', need('p3', runtime)))]));
  expect(boxes.map(({ uuid, column }) => [uuid, column])).toEqual([
    ['erp', 0],
    ['net', 1],
    ['runtime', 2],
  ]);
  expect(arrows).toEqual([
    { source: 'erp', target: 'runtime', isConditional: true },
    { source: 'erp', target: 'net', isConditional: false },
    { source: 'net', target: 'runtime', isConditional: false },
  ]);
});

test('what is to be gone needs nothing before it, and what fails is no box', () => {
  const { boxes } = drawingOf(chain([need('p1', link('flash', need('p2', link('other'))), { kind: 'UNINSTALL' }), need('p3', null, { kind: 'FAIL' })]));
  expect(boxes.map(({ uuid, is }) => [uuid, is])).toEqual([
    ['erp', 'itself'],
    ['flash', 'gone first'],
  ]);
});

test('what needs it stands at its left, and where more was not read, that is known', () => {
  const last = { uuid: 'last', name: 'last', prerequisites: [{ uuid: 'unread' }] };
  const neededBy = { totalCount: 3, nodes: [{ uuid: 'p', when: { text: null }, then: {}, software: { uuid: 'cam', name: 'cam' } }] };
  const { boxes } = drawingOf(chain([need('p1', last)], neededBy));
  expect(boxes.map(({ uuid, column, goesOn }) => [uuid, column, goesOn])).toEqual([
    ['erp', 0, true],
    ['last', 1, true],
    ['cam', -1, false],
  ]);
});

test('the nearest are drawn, in the middle of their column; the others are counted', () => {
  const many = Array.from({ length: MOST + 9 }, (_, index) => need(`p${index}`, link(`s${index}`)));
  const { boxes, left } = drawingOf(chain(many));
  expect([boxes.length, left]).toEqual([MOST, 10]);
  const [one, two] = drawingOf(chain([need('a', link('a')), need('b', link('b'))])).boxes.slice(1);
  const drawn = [one, two].flatMap((box) => box ?? []);
  expect(drawn.map((box) => placeOf(box, drawn))).toEqual([
    { x: COLUMN, y: -ROW / 2 },
    { x: COLUMN, y: ROW / 2 },
  ]);
});
