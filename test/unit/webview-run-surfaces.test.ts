// What the chart is drawn on: a canvas, or an SVG document to save.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCanvasSurface } from '../../webview/shared/canvasSurface';
import type { ChartColours } from '../../webview/shared/theme';
import { drawFigure } from '../../webview/run/draw';
import { entriesOf } from '../../webview/run/legend';
import { drawLegend } from '../../webview/shared/legend';
import { lineStyle } from '../../webview/shared/lineStyles';
import { drawingOf } from '../../webview/run/saving';
import { svgPicture } from '../../webview/shared/picture';
import { initialState, receive, type ShownRun } from '../../webview/run/state';
import { makeSvgSurface } from '../../webview/shared/svgSurface';
import { makeRun, runsMessage } from '../webview/harness/runSample';
import { figure, measure, shown } from './webview-runs';

const colours: ChartColours = {
  kind: 'dark',
  background: '#1f1f1f',
  foreground: '#ccc',
  quiet: '#999',
  grid: '#333',
  focus: '#07c',
  selection: '#555',
};

describe('the canvas', () => {
  it('measures a text once, but in every font, and keeps no text for ever', () => {
    const measured: string[] = [];
    const context = {
      font: '',
      measureText(text: string) {
        measured.push(`${this.font} ${text}`);
        return { width: 6 };
      },
    };
    const surface = makeCanvasSurface(context as unknown as CanvasRenderingContext2D, 'Sans');
    surface.measure('a');
    surface.measure('a');
    surface.useFont('Sans');
    surface.measure('a');
    surface.useFont('Serif');
    surface.measure('a');
    assert.deepEqual(measured, ['11px Sans a', '11px Serif a']);
    for (let tick = 0; tick < 1000; tick++) surface.measure(String(tick));
    surface.measure('a');
    assert.equal(measured.length, 2 + 1000 + 1);
  });
});

describe('SVG', () => {
  const name = 'a <run> & "more"\u0007';
  const message = runsMessage([
    makeRun({ name, events: [{ step: 700, text: 'spike' }] }),
    makeRun({ name: 'b' }),
  ]);
  const state = message.type === 'runs' ? receive(initialState(undefined), message) : assert.fail();
  const runs = [shown({ name, events: [{ step: 700, text: 'spike' }] }), shown({ name: 'b' }, 1)];
  const input = { runs, axis: 'step', logX: false, logY: false, smoothing: 0.9, window: undefined } as const;

  function picture(): string {
    const legend = entriesOf(state, 'dark');
    const drawing = drawingOf({ input, legend, title: name, colours, width: 700, height: 600 });
    return svgPicture(drawing, 'Ubuntu, "Droid Sans"', measure);
  }

  it('is a whole document without a number that is none', () => {
    const svg = picture();
    assert.deepEqual(wellFormed(svg), []);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    assert.match(svg, /<title>a &lt;run&gt; &amp; &quot;more&quot;\ufffd<\/title>/);
  });

  it('holds lines of all runs, marks, references and the legend', () => {
    const svg = picture();
    for (const [number, run] of runs.entries()) {
      const { colour } = lineStyle(number, 'dark');
      assert.ok(svg.includes(`stroke="${colour}"`), run.snapshot.name);
    }
    for (const text of ['true entropy 0.367', 'learning rate', 'tokens/s', '>b<'])
      assert.ok(svg.includes(text), text);
  });

  it('grows with its width and not with its run', () => {
    const long = shown({ steps: 20_000, evaluateEvery: 5000 });
    const surface = (run: ShownRun): number => {
      const svg = makeSvgSurface({ width: 800, height: 600, title: '' }, 'sans-serif', measure);
      drawFigure(svg, figure([run]), colours);
      return svg.document().length;
    };
    assert.ok(surface(long) < 3 * surface(shown({ steps: 1500, evaluateEvery: 500 })));
  });

  it('leaves hidden runs out of the legend', () => {
    const svg = makeSvgSurface({ width: 800, height: 600, title: '' }, 'sans-serif', measure);
    const [first, second] = entriesOf(state, 'dark');
    drawLegend(svg, [first, { ...second, isHidden: true }], { x: 0, y: 0, width: 800 }, colours);
    assert.doesNotMatch(svg.document(), />b</);
  });
});

/** Complaints about tags that are not closed in their order, attributes without quotes, and stray characters. */
function wellFormed(xml: string): string[] {
  const open: string[] = [];
  const complaints: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>/g,
    (_, closing, name: string, _a, empty) => {
      if (closing) {
        if (open.pop() !== name) complaints.push(`</${name}>`);
      } else if (!empty) open.push(name);
      return '';
    },
  );
  if (open.length > 0) complaints.push(`open: ${open.join()}`);
  const stray = /[<>]|&(?!(?:amp|lt|gt|quot);)/.exec(rest);
  if (stray) complaints.push(`stray: ${rest.slice(stray.index, stray.index + 60)}`);
  return complaints;
}
