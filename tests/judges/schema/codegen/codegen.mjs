// The client preset as its documentation has it: fragments are masked, and a scalar that is not named here stops it.
export default {
  schema: '../../../../schema.graphql',
  documents: './*.ts',
  ignoreNoDocuments: false,
  generates: {
    '../generated/codegen/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'unmask' } },
      config: {
        strictScalars: true,
        scalars: {
          ByteCount: { input: 'number | string', output: 'number' },
          Long: { input: 'number | string', output: 'number' },
          Date: 'string',
          DateTime: 'string',
          JSON: 'unknown',
          Position: 'string',
          SecretText: 'string',
          UUID: 'string',
        },
        useTypeImports: true,
        enumsAsTypes: true,
      },
    },
  },
};
