// A graph as a picture, with a list beside it that says the same, for the keyboard and for whoever cannot see it. Behind a lazy import.
import '@xyflow/react/dist/base.css';
import { useComputedColorScheme } from '@mantine/core';
import { Controls, type Edge, Handle, type Node, type NodeTypes, Position, ReactFlow } from '@xyflow/react';
import type { ReactNode } from 'react';
import css from './Graph.module.css';

/** Smaller, a box could not be hit any more. */
const FIT = { minZoom: 0.65, maxZoom: 1 };

interface Props<N extends Node> {
  label: string;
  nodes: N[];
  edges: Edge[];
  nodeTypes: NodeTypes;
  list: ReactNode;
}

export function Graph<N extends Node>({ label, nodes, edges, nodeTypes, list }: Props<N>) {
  const colorMode = useComputedColorScheme('light');
  return (
    <div className={css.graphAndList}>
      <div className={css.graph}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          colorMode={colorMode}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          onlyRenderVisibleElements
          minZoom={0.1}
          maxZoom={1.5}
          fitView
          fitViewOptions={FIT}
          aria-label={`${label} as a picture`}
        >
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <nav className={css.list} aria-label={`${label} of the picture`}>
        {list}
      </nav>
    </div>
  );
}

/** A box of the picture: what leads to it comes from the left, what it leads to is at the right. */
export function Joined({ children }: { children: ReactNode }) {
  return (
    <>
      <Handle type="target" position={Position.Left} className={css.joint} isConnectable={false} />
      {children}
      <Handle type="source" position={Position.Right} className={css.joint} isConnectable={false} />
    </>
  );
}

export const boxClass = css.box;

/** What stands in a box: what it is called, and something said of it. */
export function BoxLines({ name, said }: { name: string; said: string }) {
  return (
    <>
      <span className={css.boxName}>{name}</span>
      <span className={css.boxSaid}>{said}</span>
    </>
  );
}
