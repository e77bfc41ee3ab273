import type { Point } from './history.ts';

/** A small line of the last minutes. */
export interface Sparkline {
  readonly element: SVGSVGElement;
  /** Draws these lines from 0 to `top`; the right edge is the newest point. */
  draw(lines: readonly (readonly Point[])[], top: number): void;
}

const WIDTH = 300;
const HEIGHT = 60;
const SVG = 'http://www.w3.org/2000/svg';
/** At least this much time is drawn, so that a page just opened does not stretch two points over its width. */
const SHORTEST_MS = 60_000;
/** Points further apart than this are not joined: nobody knows what was between. */
const GAP_MS = 7000;

/** A sparkline for so many lines; the first is drawn with its area. */
export function sparkline(lines: number): Sparkline {
  const element = document.createElementNS(SVG, 'svg');
  element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  element.setAttribute('preserveAspectRatio', 'none');
  element.setAttribute('aria-hidden', 'true');
  element.classList.add('spark');
  const area = element.appendChild(path('spark-area'));
  const strokes = Array.from({ length: lines }, (_, index) => element.appendChild(path(`spark-line spark-${index}`)));
  return {
    element,
    draw(drawn, top) {
      const runs = drawn.map((points) => runsOf(points));
      const newest = drawn[0]?.at(-1)?.[0] ?? 0;
      const oldest = drawn[0]?.find(([, value]) => !Number.isNaN(value))?.[0] ?? newest;
      const span = Math.max(SHORTEST_MS, newest - oldest);
      const x = (time: number): string => (WIDTH - ((newest - time) / span) * WIDTH).toFixed(1);
      const y = (value: number): string => (HEIGHT - 1 - (Math.min(value, top) / top) * (HEIGHT - 3)).toFixed(1);
      strokes.forEach((stroke, index) => stroke.setAttribute('d', (runs[index] ?? []).map((run) => lineOf(run, x, y)).join('')));
      area.setAttribute('d', (runs[0] ?? []).map((run) => areaOf(run, x, y)).join(''));
    },
  };
}

function path(className: string): SVGPathElement {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('class', className);
  made.setAttribute('vector-effect', 'non-scaling-stroke');
  return made;
}

/** Points that follow one another without a gap. */
export function runsOf(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const point of points) {
    const [time, value] = point;
    const before = run.at(-1);
    if (Number.isNaN(value) || (before !== undefined && time - before[0] > GAP_MS)) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (!Number.isNaN(value)) run.push(point);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

type Scale = (value: number) => string;

function lineOf(run: readonly Point[], x: Scale, y: Scale): string {
  // A lone point is drawn too: with round ends, a line of no length is a dot.
  const drawn = run.length === 1 ? [...run, ...run] : run;
  return drawn.map(([time, value], index) => `${index === 0 ? 'M' : 'L'}${x(time)} ${y(value)}`).join('');
}

function areaOf(run: readonly Point[], x: Scale, y: Scale): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `${lineOf(run, x, y)}L${x(last[0])} ${HEIGHT}L${x(first[0])} ${HEIGHT}Z`;
}
