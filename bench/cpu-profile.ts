/** What a V8 CPU profile says, as far as it is read here; times in microseconds of the machine's own clock. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
  startTime: number;
}

const TOP = Number(process.env.TOP ?? 25);
/** Between two samples, in microseconds. */
const INTERVAL = 200;
/** For the process that is profiled, which writes what it has found into a folder when it ends. */
export const profileOptions = (folder: string): readonly string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${folder}`,
  `--cpu-prof-interval=${INTERVAL}`,
];

/** Now, as profiles count: microseconds of the machine's own clock. */
export const profileClock = (): number => Number(process.hrtime.bigint() / 1_000n);

/** Microseconds by function: what each takes itself, and with all that it calls. */
export interface Times {
  readonly own: Map<string, number>;
  readonly whole: Map<string, number>;
}

/** What was done between two times: what came before was start and warm-up. */
export function timesOf({ nodes, samples, timeDeltas, startTime }: CpuProfile, from: number, to: number): Times {
  const stacks = stacksOf(nodes);
  const times: Times = { own: new Map(), whole: new Map() };
  const add = (map: Map<string, number>, name: string, time: number) => map.set(name, (map.get(name) ?? 0) + time);
  let now = startTime;
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    const [top = '', ...callers] = stacks.get(sample) ?? [];
    if (now < from || now > to || top === '(idle)') continue;
    // What is longer is the time in which another process had the processor.
    const time = Math.min(delta, 2 * INTERVAL);
    add(times.own, top, time);
    for (const name of new Set([top, ...callers])) add(times.whole, name, time);
  }
  return times;
}

/** The names of a node and its callers, by id. */
function stacksOf(nodes: CpuProfile['nodes']): Map<number, readonly string[]> {
  const stacks = new Map<number, readonly string[]>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const stackOf = (id: number): readonly string[] => {
    const known = stacks.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const parent = parents.get(id);
    const stack = node === undefined ? [] : [nameOf(node.callFrame), ...(parent === undefined ? [] : stackOf(parent))];
    stacks.set(id, stack);
    return stack;
  };
  for (const { id } of nodes) stackOf(id);
  return stacks;
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName || '(anonymous)';
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(packages|bench|apps)\//, '$1/');
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}

/** Layers by what stands in the names of their functions; the first that fits counts. */
export type Layers = readonly (readonly [name: string, functions: RegExp])[];

/** What each layer takes of one request, then each of the dearest functions, by itself and with all that it calls. */
export function profileText({ own, whole }: Times, requests: number, layers: Layers): string {
  const total = [...own.values()].reduce((sum, time) => sum + time, 0);
  const byLayer = new Map<string, number>();
  for (const [function_, time] of own) {
    const layer = layers.find(([, functions]) => functions.test(function_))?.[0] ?? 'others';
    byLayer.set(layer, (byLayer.get(layer) ?? 0) + time);
  }
  const table = (title: string, rows: Map<string, number>): string =>
    `\n${title}\n${[...rows]
      .sort(([, one], [, other]) => other - one)
      .slice(0, TOP)
      .map(([label, time]) => {
        const share = `${((time / total) * 100).toFixed(1)} %`.padStart(7);
        return `${share} ${(time / requests).toFixed(2).padStart(7)} µs  ${label}\n`;
      })
      .join('')}`;
  return `${(total / requests).toFixed(1)} µs a request\n${table('by layer', byLayer)}${table('by function', own)}${table('with all that it calls', whole)}`;
}
