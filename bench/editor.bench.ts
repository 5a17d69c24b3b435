import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript-6';
import { type Benchmark, median } from './benchmark.ts';
import { typesOf, writeProject } from './typed-project.ts';

const PROMPTS = 1000;
const CALLS = 100;
const ROUNDS = 15;

/** A project as an editor has it open: what is typed into its program is checked at once. */
class OpenProject {
  readonly #program: string;
  readonly #text: string;
  #typed = 0;
  readonly #service: ts.LanguageService;

  constructor(folder: string, text: string) {
    this.#program = join(folder, 'program.ts');
    this.#text = text;
    const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => fileNames,
      getScriptVersion: (file) => (file === this.#program ? String(this.#typed) : '0'),
      getScriptSnapshot: (file) => {
        const read = file === this.#program ? `${this.#text}// ${this.#typed}\n` : ts.sys.readFile(file);
        return read === undefined ? undefined : ts.ScriptSnapshot.fromString(read);
      },
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
    });
  }

  /** Types something, and has all faults of the program named. */
  check(): void {
    this.#typed++;
    const faults = [
      ...this.#service.getSyntacticDiagnostics(this.#program),
      ...this.#service.getSemanticDiagnostics(this.#program),
      ...this.#service.getSuggestionDiagnostics(this.#program),
    ].filter(({ category }) => category === ts.DiagnosticCategory.Error);
    if (faults.length > 0) throw new Error(`The program is right: ${JSON.stringify(faults[0]?.messageText)}`);
  }
}

async function opened(folder: string, prompts: number, calls: number): Promise<OpenProject> {
  await writeProject(folder, typesOf(prompts), calls, Math.floor(prompts / Math.max(calls, 1)));
  return new OpenProject(folder, await readFile(join(folder, 'program.ts'), 'utf8'));
}

/** Milliseconds of the processor: another program that is busy does not make the compiler slower. */
const timed = (act: () => void): number => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const medianOf = (project: OpenProject): number =>
  median(Array.from({ length: ROUNDS }, () => timed(() => project.check())));

export default {
  name: 'editor',
  claim: `After a change, an editor that has the types of ${PROMPTS} prompts checks a program of ${CALLS} calls within a second of the processor, and in at most 4 times what it takes with those of ${CALLS}.`,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-bench-'));
    try {
      const projects = {
        empty: await opened(join(folder, 'empty'), 0, 0),
        few: await opened(join(folder, 'few'), CALLS, CALLS),
        many: await opened(join(folder, 'many'), PROMPTS, CALLS),
      };
      const first = {
        empty: timed(() => projects.empty.check()),
        few: timed(() => projects.few.check()),
        many: timed(() => projects.many.check()),
      };
      const [empty, few, many] = [medianOf(projects.empty), medianOf(projects.few), medianOf(projects.many)];
      return {
        tables: [
          {
            columns: ['the check of a program', 'ms of the processor when it is opened', 'after a change'],
            rows: [
              { label: 'no prompts, no calls', values: [first.empty, empty] },
              { label: `${CALLS} prompts, ${CALLS} calls`, values: [first.few, few] },
              { label: `${PROMPTS} prompts, ${CALLS} calls`, values: [first.many, many] },
            ],
          },
        ],
        ratios: [
          {
            label: `${PROMPTS} prompts, after a change`,
            value: many / few,
            target: { atMost: 4 },
            against: `${CALLS} prompts`,
          },
          {
            label: `${PROMPTS} prompts, after a change`,
            value: many / 1000,
            target: { atMost: 1 },
            against: 'a second',
            note: `${Math.round(many)} ms`,
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
} satisfies Benchmark;
