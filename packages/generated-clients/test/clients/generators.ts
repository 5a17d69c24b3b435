import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { generateZodClientFromOpenAPI } from 'openapi-zod-client';
import { generate as orval } from 'orval';
import { generateApi } from 'swagger-typescript-api';

/** One generator of clients, which a file of `test/consumer` with its name uses. */
export interface Generator {
  readonly name: string;
  /** Writes what it makes of the document into the folder. */
  write(document: string, folder: string): Promise<unknown>;
}

// Each with its own defaults, but for what is said beside it.
export const generators: readonly Generator[] = [
  {
    name: 'openapi-fetch',
    write: async (document, folder) =>
      writeFile(join(folder, 'openapi-typescript.ts'), astToString(await openapiTypescript(document))),
  },
  {
    name: 'hey-api',
    // Imports with their extensions, since Node runs what is compiled; quiet.
    write: (document, folder) =>
      createClient({
        input: JSON.parse(document),
        output: { path: join(folder, 'hey-api'), module: { extension: '.js' } },
        plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
        logs: { level: 'silent' },
      }),
  },
  {
    name: 'orval',
    // Functions on `fetch`, in one file; the address is known only when the server runs.
    write: (document, folder) =>
      orval({
        input: { target: JSON.parse(document) },
        output: {
          target: join(folder, 'orval.ts'),
          client: 'fetch',
          mode: 'single',
          baseUrl: {
            runtime: 'address.url',
            imports: [{ name: 'address', values: true, importPath: '../address.js' }],
          },
        },
      }),
  },
  {
    name: 'swagger-typescript-api',
    write: async (document, folder) => {
      const { files } = await generateApi({ spec: JSON.parse(document), output: false, silent: true });
      for (const { fileContent } of files) await writeFile(join(folder, 'swagger-typescript-api.ts'), fileContent);
    },
  },
  {
    name: 'openapi-zod-client',
    // It knows `application/json` alone unless told: answers of other types, all errors among them, would be `void`.
    write: (document, folder) =>
      generateZodClientFromOpenAPI({
        openApiDoc: JSON.parse(document),
        distPath: join(folder, 'openapi-zod-client.ts'),
        options: { withAlias: true, isMediaTypeAllowed: (type) => /json|^text\//.test(type) },
      }),
  },
];
