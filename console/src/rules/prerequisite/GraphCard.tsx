// What a software needs and what needs it, as a picture with a list beside it. Behind a lazy import.
import { Link as To } from '@tanstack/react-router';
import { type Edge, MarkerType, type Node, type NodeProps } from '@xyflow/react';
import { useMemo } from 'react';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { BoxLines, boxClass, Graph, Joined } from '~/kit/graph/Graph.tsx';
import { plural } from '~/kit/text/words.ts';
import { ChainList } from './ChainList.tsx';
import type { Chain } from './chain.ts';
import { type Arrow, type Box, drawingOf, more, placeOf } from './graph.ts';
import css from './prerequisite.module.css';

type SoftwareNode = Node<{ box: Box }, 'software'>;

const NODE_TYPES = { software: SoftwareBox };

export default function GraphCard({ chain }: { chain: Chain }) {
  const { nodes, edges, left, isDashed } = useMemo(() => {
    const { boxes, arrows, left } = drawingOf(chain);
    return { nodes: boxes.map((box) => nodeOf(box, boxes)), edges: arrows.map(edgeOf), left, isDashed: arrows.some(({ isConditional }) => isConditional) };
  }, [chain]);
  return (
    <section className="card stack">
      <h2 className={css.heading}>As a picture</h2>
      <Graph label={`Prerequisites of ${chain.name}`} nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} list={<Lists chain={chain} />} />
      <p className="dimmed small">
        An arrow leads from what needs to what has to come first{isDashed && '; a dashed one only under a condition'}. Four steps down and two up are shown
        {left > 0 && `, without ${plural(left, 'more')} that would not fit`}.
      </p>
    </section>
  );
}

function nodeOf(box: Box, boxes: readonly Box[]): SoftwareNode {
  return { id: box.uuid, type: 'software', position: placeOf(box, boxes), data: { box } };
}

function edgeOf({ source, target, isConditional }: Arrow): Edge {
  return {
    id: `${source} ${target}`,
    source,
    target,
    markerEnd: { type: MarkerType.ArrowClosed },
    ...(isConditional ? { style: { strokeDasharray: '4 3' } } : {}),
  };
}

function SoftwareBox({ data: { box } }: NodeProps<SoftwareNode>) {
  const { uuid, name, which, is, goesOn } = box;
  return (
    <Joined>
      <To
        to="/software/$id"
        params={{ id: uuid }}
        search={{ tab: 'prerequisites' }}
        className={boxClass}
        data-dashed={is === 'gone first'}
        data-marked={is === 'itself'}
        title={which ? `${name}, ${which}` : name}
      >
        <BoxLines name={name} said={[is, goesOn && 'and more', which].filter(Boolean).join(', ')} />
      </To>
    </Joined>
  );
}

function Lists({ chain }: { chain: Chain }) {
  const above = chain.neededBy?.nodes ?? [];
  const others = more({ neededBy: chain.neededBy });
  return (
    <ul>
      {chain.prerequisites.length > 0 && (
        <li>
          <strong>{chain.name} needs first</strong>
          <ChainList of={chain} />
        </li>
      )}
      {above.length > 0 && (
        <li>
          <strong>It is installed first for</strong>
          <ul>
            {above.map(({ uuid, when, software }) => (
              <li key={uuid}>
                {software ? <ItemLink of={{ software }} /> : 'a software that is not there'}
                {when.text && <span className="dimmed">, if {when.text}</span>}
                {software && software.neededBy.nodes.length > 0 && (
                  <ul>
                    {software.neededBy.nodes.map(({ uuid, software }) => (
                      <li key={uuid}>{software && <ItemLink of={{ software }} />}</li>
                    ))}
                  </ul>
                )}
              </li>
            ))}
            {others > 0 && <li className="dimmed">and {plural(others, 'other')}</li>}
          </ul>
        </li>
      )}
    </ul>
  );
}
