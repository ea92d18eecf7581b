// What other people's rules for schemas ask of ours, and where we do otherwise, each with its reason.

export const rules = {
  'description-style': 'error',
  'input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
  'naming-convention': ['error', {
    types: 'PascalCase',
    FieldDefinition: 'camelCase',
    InputValueDefinition: 'camelCase',
    Argument: 'camelCase',
    DirectiveDefinition: 'camelCase',
    EnumValueDefinition: 'UPPER_CASE',
    'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['get', 'list', 'fetch', 'find', 'query'], forbiddenSuffixes: ['Query'] },
    'FieldDefinition[parent.name.value=Mutation]': { forbiddenPrefixes: ['get', 'list', 'mutation'], forbiddenSuffixes: ['Mutation'] },
    'FieldDefinition[parent.name.value=Subscription]': { forbiddenPrefixes: ['get', 'subscribe', 'subscription', 'on'], forbiddenSuffixes: ['Subscription'] },
    'EnumTypeDefinition,EnumTypeExtension': { forbiddenPrefixes: ['Enum'], forbiddenSuffixes: ['Enum'] },
    'InterfaceTypeDefinition,InterfaceTypeExtension': { forbiddenPrefixes: ['Interface'], forbiddenSuffixes: ['Interface'] },
    'UnionTypeDefinition,UnionTypeExtension': { forbiddenPrefixes: ['Union'], forbiddenSuffixes: ['Union'] },
    'ObjectTypeDefinition,ObjectTypeExtension': { forbiddenPrefixes: ['Type'], forbiddenSuffixes: ['Type', 'Input', 'Filter'] },
    'InputObjectTypeDefinition,InputObjectTypeExtension': { requiredSuffixes: ['Input', 'Filter', 'Order', 'Options'] },
  }],
  'no-hashtag-description': 'error',
  'no-scalar-result-type-on-mutation': 'error',
  'no-typename-prefix': 'error',
  'no-unreachable-types': 'error',
  'relay-arguments': 'error',
  'relay-connection-types': 'error',
  // Lists that cannot grow are plain lists: docs/api.md, "Pages".
  'relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
  'relay-page-info': 'error',
  'require-deprecation-reason': 'error',
  'require-description': ['error', {
    types: true,
    rootField: true,
    FieldDefinition: true,
    InputValueDefinition: true,
    EnumValueDefinition: true,
    DirectiveDefinition: true,
  }],
  'require-nullable-fields-with-oneof': 'error',
  'require-nullable-result-in-root': 'error',
  // Payloads, their results, pages and edges are of one answer: nothing outlives it that a cache could keep by an id.
  'strict-id-in-types': ['error', { exceptions: { suffixes: ['Payload', 'Result', 'Connection', 'Edge'] } }],
  'unique-enum-value-names': 'error',
};
// Of the plugin's rules for schemas these are not asked:
// - known-…, lone-…, possible-…, provided-…, most of unique-…: what breaks them is no schema, and is not even read.
// - alphabetize: fields stand in the order in which they are understood.
// - no-root-type: there are queries, mutations and a subscription, on purpose.
// - require-deprecation-date: it wants an argument that GraphQL's @deprecated has not.
// - require-field-of-type-query-in-mutation-result: a payload is true at its position, which further reading would not be.
// - require-type-pattern-with-oneof: it is about outputs, for which GraphQL has no @oneOf.

/** Rules that are broken on purpose: by whom, and why. */
export const argued = [
  ['no-typename-prefix', ['agentVersion'], 'the version of the program, not of the thing that `revision` counts'],
  ['no-typename-prefix', ['agreementType', 'computerClass'], '`class` alone is a reserved word in languages of clients, and a type by itself could be that of anything'],
  ['no-typename-prefix', ['eventId'], 'the store\'s own word for it, beside `id`, which is another one'],
  ['relay-arguments', ['events'], 'the log is followed forward from a place; `orderBy` turns it round'],
  ['require-description', ['if', 'url'], 'arguments of directives that GraphQL itself defines'],
  ['strict-id-in-types', ['Actor', 'Change', 'Period', 'UserError', 'PageInfo'], 'values: two that say the same are the same'],
  ['strict-id-in-types', ['Server', 'ServerLimits', 'Viewer'], 'there is one, and the query\'s field names it'],
  ['strict-id-in-types', ['HardwareIdentity', 'InstalledInterpreter', 'Inventory', 'InventoryDetail', 'OperatingSystem'], 'parts of a computer'],
  ['strict-id-in-types', ['AgreementAddition', 'ExitCodes', 'Package', 'Script', 'SoftwareCopy', 'SoftwareOrigin', 'SoftwareScript', 'SoftwareVersion', 'TaskScript'], 'parts of an agreement, of a software, and of a task'],
  ['strict-id-in-types', ['GivenParameter', 'ParameterShownWhen', 'ParameterValue', 'TaskParameter'], 'parts of a task, and what it is told: told by their names'],
  ['strict-id-in-types', ['NamePattern', 'NamedProgram', 'ProgramMatch', 'ProgramSign'], 'parts of how a software is detected'],
  ['strict-id-in-types', ['CollectedValue'], 'what one session told of a task on a computer: told by these'],
  ['strict-id-in-types', ['DesiredState', 'Membership', 'Scope', 'SingleTenant', 'TagTarget', 'Target'], 'parts of a deployment'],
  ['strict-id-in-types', ['ActionNeed', 'InstalledProgram', 'OutputChunk', 'ScriptDraft', 'ScriptFault', 'ScriptReading', 'ScriptValue', 'SeenSoftware', 'SessionWait'], 'parts of a session'],
  ['strict-id-in-types', ['PrerequisiteCondition', 'PrerequisiteConditions', 'PrerequisiteConsequence', 'VersionRange'], 'parts of a prerequisite'],
  ['strict-id-in-types', ['Ordering', 'OrderedItem'], 'there is one order of execution, and its items are told by what they refer to'],
  ['strict-id-in-types', ['EventSubject'], 'part of an event: the thing\'s own id is in `node`'],
  ['strict-id-in-types', ['PositionUpdate'], 'told once, and told by its position'],
  ['strict-id-in-types', ['Allowance', 'Possibility'], 'what follows from a role and from a thing; values'],
  ['strict-id-in-types', ['ExpressionFact', 'ExpressionOperation', 'ExpressionSchema'], 'there is one language, and its parts are told by their names'],
  ['strict-id-in-types', ['CatalogueSource'], 'named by its name'],
  ['strict-id-in-types', ['CatalogueSyncPlan', 'CatalogueTitlePlan', 'CatalogueVersionPlan'], 'what would be: nothing that is there'],
  ['strict-id-in-types', ['ConsoleSession'], 'of whoever asks, and of nobody else'],
  [
    'strict-id-in-types',
    [
      'ComputerAttention', 'ComputerClassCount', 'ComputerFacets', 'OsFamilyCount', 'SearchHit', 'SessionCounts', 'SessionStatusCount', 'Summary', 'TagCount',
      'TagUse', 'TenantComputerCount',
    ],
    'counted for one answer',
  ],
  [
    'strict-id-in-types',
    [
      'BroughtAlong', 'ChangeCount', 'ComplianceReport', 'ConflictChange', 'ContendingDeployment', 'DeploymentCount', 'DeploymentOutcome', 'DeploymentRevision', 'DeploymentTenantOutcomes',
      'ItemResolution', 'NotCandidate', 'Preview', 'RankedDeployment', 'ResolutionChange', 'ResolutionDifference', 'ResolutionTurn', 'TenantImpact', 'Winner',
    ],
    'reckoned for one answer',
  ],
];
