// The tree of tenants as a picture. Behind a lazy import.
import { Link } from '@tanstack/react-router';
import type { Node, NodeProps } from '@xyflow/react';
import { useMemo } from 'react';
import { BoxLines, boxClass, Graph, Joined } from '~/kit/graph/Graph.tsx';
import type { Branch } from '~/kit/table/tree.ts';
import { plural } from '~/kit/text/words.ts';
import { placed } from './graph.ts';
import type { TenantOfTree } from './tenants.ts';

type TenantNode = Node<{ tenant: TenantOfTree }, 'tenant'>;

const NODE_TYPES = { tenant: TenantBox };

export default function TenantGraph({ forest }: { forest: readonly Branch<TenantOfTree>[] }) {
  const { nodes, edges } = useMemo(() => {
    const all = placed(forest);
    return {
      nodes: all.map(({ key, record, x, y }): TenantNode => ({ id: key, type: 'tenant', position: { x, y }, data: { tenant: record } })),
      edges: all.flatMap(({ key, above }) => (above ? [{ id: key, source: above, target: key }] : [])),
    };
  }, [forest]);
  return <Graph label="Tenants" nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} list={<List forest={forest} />} />;
}

function TenantBox({ data: { tenant } }: NodeProps<TenantNode>) {
  return (
    <Joined>
      <Link to="/tenants/$id" params={{ id: tenant.uuid }} className={boxClass} data-dashed={tenant.isRemoved} title={tenant.name}>
        <BoxLines name={tenant.name} said={plural(tenant.computers.totalCount ?? 0, 'computer')} />
      </Link>
    </Joined>
  );
}

function List({ forest }: { forest: readonly Branch<TenantOfTree>[] }) {
  return (
    <ul>
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
