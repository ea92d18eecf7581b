// Small schemas that each break one rule: a rule that lets its schema pass would let ours pass, too.

const query = '"Q." type Query { "F." field: Int }';

export const broken = {
  'description-style': '"T." type Query { "F." field: Int }',
  'input-name': `${query} "M." type Mutation { "M." touch("A." with: TouchInput): Query } "I." input TouchInput { "F." field: Int }`,
  'naming-convention': '"Q." type Query { "F." getField: Int }',
  'no-hashtag-description': '# Q.\ntype Query { "F." field: Int }',
  'no-scalar-result-type-on-mutation': `${query} "M." type Mutation { "M." touch: Boolean }`,
  'no-typename-prefix': '"Q." type Query { "F." thing: Thing } "T." type Thing { "F." thingName: Int }',
  'no-unreachable-types': `${query} "T." type Alone { "F." field: Int }`,
  'relay-arguments': '"Q." type Query { "F." things: ThingConnection } "C." type ThingConnection { "F." field: Int }',
  'relay-connection-types': '"Q." type Query { "F." things: ThingConnection } "C." type ThingConnection { "F." nodes: [Int] }',
  'relay-edge-types': '"Q." type Query { "F." c: AConnection } "C." type AConnection { "E." edges: [AEdge] } "E." type AEdge { "N." node: Int }',
  'relay-page-info': '"Q." type Query { "P." pageInfo: PageInfo } "P." type PageInfo { "F." hasNextPage: Boolean }',
  'require-deprecation-reason': '"Q." type Query { "F." field: Int @deprecated }',
  'require-description': '"Q." type Query { "F." field(argument: Int): Int }',
  'require-nullable-fields-with-oneof': '"Q." type Query { "F." field("A." argument: One): Int } "O." input One @oneOf { "F." field: Int! }',
  'require-nullable-result-in-root': '"Q." type Query { "F." thing: Thing! } "T." type Thing { "F." id: ID! }',
  'strict-id-in-types': '"Q." type Query { "F." thing: Thing } "T." type Thing { "F." field: Int }',
  'unique-enum-value-names': '"Q." type Query { "F." field: Kind } "E." enum Kind { "V." ONE "V." One }',
};
