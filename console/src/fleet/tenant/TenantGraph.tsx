// The tree of tenants as a picture, with a list beside it that says the same. Behind a lazy import.
import '@xyflow/react/dist/base.css';
import { useComputedColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { Branch } from '~/kit/table/tree.ts';
import { plural } from '~/kit/text/words.ts';
import { placed } from './graph.ts';
import css from './tenant.module.css';
import type { TenantOfTree } from './tenants.ts';

type TenantNode = Node<{ tenant: TenantOfTree }, 'tenant'>;

/** Smaller, a box could not be hit any more. */
const FIT = { minZoom: 0.65, maxZoom: 1 };
const NODE_TYPES = { tenant: TenantBox };

export default function TenantGraph({ forest }: { forest: readonly Branch<TenantOfTree>[] }) {
  const colorMode = useComputedColorScheme('light');
  const { nodes, edges } = useMemo(() => {
    const all = placed(forest);
    return {
      nodes: all.map(({ key, record, x, y }): TenantNode => ({ id: key, type: 'tenant', position: { x, y }, data: { tenant: record } })),
      edges: all.flatMap(({ key, above }) => (above ? [{ id: key, source: above, target: key }] : [])),
    };
  }, [forest]);
  return (
    <div className={css.graphAndList}>
      <div className={css.graph}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
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
          aria-label="Tenants as a picture"
        >
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <nav className={css.list} aria-label="Tenants of the picture">
        <List forest={forest} />
      </nav>
    </div>
  );
}

function TenantBox({ data: { tenant } }: NodeProps<TenantNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} className={css.joint} isConnectable={false} />
      <Link to="/tenants/$id" params={{ id: tenant.uuid }} className={css.box} data-removed={tenant.isRemoved} title={tenant.name}>
        <span className={css.boxName}>{tenant.name}</span>
        <span className={css.boxCount}>{plural(tenant.computers.totalCount ?? 0, 'computer')}</span>
      </Link>
      <Handle type="source" position={Position.Right} className={css.joint} isConnectable={false} />
    </>
  );
}

function List({ forest }: { forest: readonly Branch<TenantOfTree>[] }) {
  return (
    <ul className={css.branch}>
      {forest.map(({ key, record, children }) => (
        <li key={key}>
          <Link to="/tenants/$id" params={{ id: key }}>
            {record.name}
          </Link>
          {children.length > 0 && <List forest={children} />}
        </li>
      ))}
    </ul>
  );
}
