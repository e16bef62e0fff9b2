// What the run view shows and answers, in a real browser: the built bundle in a page like VS Code's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { FromRunView, RunViewState, ShownRunState } from '../../src/protocol/runViews';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until, withView } from './harness/actions';
import { openRuns, openRunView, type RunView, type RunViewOptions } from './harness/runPage';
import {
  grammarSamples,
  linesOf,
  makeRun,
  pointsOf,
  runsMessage,
  storySamples,
  type RunSampleData,
  type RunSampleOptions,
} from './harness/runSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Does `work` with a view of one run. */
function withRun(
  run: RunSampleOptions,
  work: (view: RunView, run: RunSampleData) => Promise<void>,
  options?: RunViewOptions,
): Promise<void> {
  const data = makeRun(run);
  return withView(openRuns(browser, [data], options), (view) => work(view, data));
}

/** The latest message of a type. */
function last<Type extends FromRunView['type']>(
  { messages }: RunView,
  type: Type,
): Extract<FromRunView, { type: Type }> | undefined {
  return messages.filter((message) => message.type === type).at(-1) as never;
}

/** What the crosshair says to a screen reader. */
function spoken({ page }: RunView): Promise<string> {
  return page.locator('[aria-live=polite]').innerText();
}

async function press(view: RunView, ...keys: string[]): Promise<void> {
  await view.page.locator('.chart-body').focus();
  for (const key of keys) await view.page.keyboard.press(key);
  await settle(view);
}

/** Where the plot lies in the page: its left and right edge, and a height inside the losses. */
async function plot({ page }: RunView): Promise<{ left: number; right: number; y: number }> {
  const box = (await page.locator('.chart-body').boundingBox())!;
  return { left: box.x + 60, right: box.x + box.width - 140, y: box.y + 80 };
}

describe('a run', () => {
  it('is asked for again with its settings after a reload', async () => {
    const state = {
      runs: ['/runs/cfg-small-01'],
      axis: 'tokens',
      logX: false,
      logY: true,
      smoothing: 0.6,
      table: false,
    } as const;
    await withView(openRunView(browser, { state: { ...state, runs: [...state.runs] } }), async (view) => {
      assert.deepEqual(view.messages[0], { type: 'ready', runs: ['/runs/cfg-small-01'] });
      assert.deepEqual(await texts(view, '.fact'), ['cfg-small-01']);
      assert.ok(await view.page.getByRole('progressbar').isVisible());
      await view.send(runsMessage([makeRun()]));
      await view.send({ type: 'points', points: makeRun().points });
      await settle(view);
      assert.equal(
        await view.page.getByRole('button', { name: 'log y' }).getAttribute('aria-pressed'),
        'true',
      );
      assert.equal((await view.saved())?.axis, 'tokens');
    });
  });

  it('fills header and progress as it goes on', () =>
    withRun({ steps: 100 }, async (view, { snapshot }) => {
      assert.ok((await texts(view, '.fact')).includes('step 100 / 2,000'));
      const lines = linesOf(150, 100, 0.38, 2000, 1);
      await view.send({ type: 'points', points: pointsOf(snapshot.directory, lines, 100, 2) });
      await settle(view);
      assert.ok((await texts(view, '.fact')).includes('step 150 / 2,000'));
      assert.equal(await view.page.getByRole('progressbar').getAttribute('aria-valuenow'), '8');
      await press(view, 'End');
      assert.match(await spoken(view), /^step 150 /);
    }));

  it('that is being read leaves the one before in sight, dimmed', () => {
    const next = makeRun({ name: 'next', state: 'finished', steps: 300, seed: 2 });
    return withRun({ samples: grammarSamples }, async (view) => {
      const reading = { ...next, snapshot: { ...next.snapshot, isReading: true } };
      const none = pointsOf(next.snapshot.directory, []);
      await view.send(runsMessage([reading]));
      await view.send({ type: 'points', points: none });
      await settle(view);
      assert.equal((await texts(view, '.fact'))[0], 'next');
      assert.ok(!(await view.page.locator('.notice').isVisible()));
      assert.ok(await view.page.locator('.stale .chart').isVisible());
      assert.ok(await view.page.locator('.stale .samples').isVisible());
      assert.equal(await view.page.getByRole('progressbar').getAttribute('aria-valuenow'), null);
      assert.equal(await view.page.locator('.run-view').getAttribute('aria-busy'), 'true');
      await view.send({ type: 'points', points: next.points });
      await view.send(runsMessage([next]));
      await settle(view);
      assert.equal(await view.page.locator('.stale').count(), 0);
      assert.ok(!(await view.page.getByRole('progressbar').isVisible()));
      await press(view, 'End');
      assert.match(await spoken(view), /^step 300 /);
    });
  });

  it('that nobody started offers to train one', () =>
    withView(openRunView(browser), async (view) => {
      await view.send(runsMessage([]));
      await view.page.getByRole('button', { name: 'Train Model…' }).click();
      await settle(view);
      assert.equal(last(view, 'run')?.command, 'subtext.train');
      assert.ok(!(await view.page.locator('.toolbar').isVisible()));
    }));

  it('that failed says why, what to do, and leads to its log', () => {
    const error = {
      reason: 'nan',
      message: 'The loss of step 812 is NaN.',
      remedy: 'Lower the learning rate.',
    };
    return withRun({ state: 'failed', status: { error } }, async (view) => {
      const alert = (await view.page.getByRole('alert').textContent()) ?? '';
      assert.match(alert, /The loss of step 812 is NaN\..*Lower the learning rate\./);
      await view.page.getByRole('button', { name: 'Show Log' }).click();
      await settle(view);
      assert.equal(last(view, 'run')?.command, 'subtext.showRunLog');
      assert.ok(await view.page.locator('.chart').isVisible());
    });
  });

  it('that was interrupted goes on', () =>
    withRun({ state: 'interrupted' }, async (view, { snapshot: { directory } }) => {
      await view.page.locator('.notice').getByRole('button', { name: 'Resume' }).click();
      await settle(view);
      assert.deepEqual(last(view, 'control'), { type: 'control', directory, request: 'resume' });
    }));

  const buttons: [ShownRunState, string[]][] = [
    ['starting', ['Pause', 'Cancel']],
    ['running', ['Pause', 'Cancel']],
    ['pausing', ['Cancel']],
    ['paused', ['Resume']],
    ['cancelling', []],
    ['cancelled', ['Resume']],
    ['finished', []],
  ];
  for (const [state, expected] of buttons) {
    it(`that is ${state} offers ${expected.join(' and ') || 'neither'}`, () =>
      withRun({ state }, async (view, { snapshot: { directory } }) => {
        const header = view.page.locator('.view-header');
        for (const name of ['Pause', 'Resume', 'Cancel']) {
          const button = header.getByRole('button', { name, exact: true });
          assert.equal(await button.isVisible(), expected.includes(name), name);
          if (!expected.includes(name)) continue;
          await button.click();
          await settle(view);
          assert.deepEqual(last(view, 'control'), {
            type: 'control',
            directory,
            request: name.toLowerCase(),
          });
        }
      }));
  }
});

describe('a run that goes on', () => {
  const events = [{ step: 70, text: 'went back to step 50 after a spike' }];
  const options = { steps: 100, checkpoints: [50], events };

  /** Sends further steps. */
  async function goOn(view: RunView, { snapshot }: RunSampleData, from: number, to: number): Promise<void> {
    const lines = linesOf(to, 100, 0.38, 2000, 1);
    await view.send({ type: 'points', points: pointsOf(snapshot.directory, lines, from, 2) });
    await settle(view);
  }

  it('keeps its marks, facts and buttons, so that a tooltip and a press outlive the next step', () =>
    withRun(options, async (view, run) => {
      const kept = view.page.locator('.checkpoint, .event-mark, .fact, .view-header .codicon');
      const before = await kept.elementHandles();
      const left = (): Promise<string | undefined> =>
        view.page.locator('.checkpoint').evaluate((mark) => (mark as HTMLElement).style.left);
      const place = await left();
      await goOn(view, run, 100, 150);
      assert.ok(before.length > 8);
      for (const element of before) assert.ok(await element.evaluate(({ isConnected }) => isConnected));
      assert.notEqual(await left(), place);
      assert.ok((await texts(view, '.fact')).includes('step 150 / 2,000'));
      await view.page.locator('.checkpoint').hover();
      await view.page.mouse.down();
      await goOn(view, run, 150, 151);
      await view.page.mouse.up();
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 50);
    }));

  it('leaves an open list to the keyboard', () =>
    withRun(options, async (view, run) => {
      const dropdown = view.page.getByRole('combobox', { name: 'X axis' });
      const chosen = (): Promise<number> =>
        dropdown.evaluate((element) => (element as unknown as { selectedIndex: number }).selectedIndex);
      await dropdown.focus();
      await view.page.keyboard.press('Enter');
      await view.page.keyboard.press('ArrowDown');
      await goOn(view, run, 100, 150);
      await goOn(view, run, 150, 151);
      assert.equal(await chosen(), 1);
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal((await view.saved())?.axis, 'tokens');
      await goOn(view, run, 151, 152);
      assert.equal(await chosen(), 1);
    }));
});

describe('checkpoints', () => {
  it('open from the menu, the latest first, and the final one of a finished run', () =>
    withRun({ state: 'finished', steps: 2000 }, async (view, { snapshot: { directory } }) => {
      const open = async (): Promise<void> => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await view.page.getByRole('menuitem', { name: 'Open Checkpoint…' }).click();
      };
      await open();
      assert.deepEqual(await texts(view, '.menu-item'), [
        'Final',
        'Step 2,000',
        'Step 1,500',
        'Step 1,000',
        'Step 500',
      ]);
      const focused = (): Promise<string | null> =>
        view.page.evaluate(() => document.activeElement?.textContent ?? null);
      for (const [key, entry] of [
        ['End', 'Step 500'],
        ['ArrowDown', 'Final'],
        ['ArrowUp', 'Step 500'],
        ['Home', 'Final'],
      ] as const) {
        await view.page.keyboard.press(key);
        assert.equal(await focused(), entry);
      }
      await view.page.getByRole('menuitem', { name: 'Step 500', exact: true }).click();
      await settle(view);
      assert.deepEqual(last(view, 'openCheckpoint'), { type: 'openCheckpoint', directory, step: 500 });
      await open();
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 'final');
    }));

  it('open from their marks on the axis', () =>
    withRun({}, async (view) => {
      await view.page.getByRole('button', { name: 'Open checkpoint of step 1,000' }).click();
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 1000);
    }));
});

describe('the crosshair', () => {
  it('follows the pointer and tells exact values', () =>
    withRun({}, async (view, { points }) => {
      const { left, right, y } = await plot(view);
      await view.page.mouse.move((left + right) / 2, y);
      await settle(view);
      const place = (await texts(view, '.readout-place')).join();
      const step = Number(/^step ([\d,]+)/.exec(place)![1].replace(',', ''));
      assert.ok(step > 400 && step < 800, place);
      const [training] = await texts(view, '.readout-list td');
      assert.equal(Math.fround(Number(training)), points.train.loss[step - 1]);
      await view.page.locator('.view-header').hover();
      await settle(view);
      assert.ok(!(await view.page.locator('.readout').isVisible()));
    }));

  it('is moved by keys, and says what it reads', () =>
    withRun({}, async (view, { points }) => {
      await press(view, 'ArrowLeft');
      assert.match(await spoken(view), /^step 1,240 /);
      await press(view, 'ArrowLeft', 'ArrowLeft');
      assert.match(await spoken(view), /^step 1,238 /);
      const training = /training ([\d.]+)/.exec(await spoken(view))![1];
      assert.equal(Math.fround(Number(training)), points.train.loss[1237]);
      await press(view, 'Home');
      assert.match(await spoken(view), /^step 1 /);
      await press(view, 'PageDown');
      assert.match(await spoken(view), /^step 12\d /);
      await press(view, 'Escape');
      assert.ok(!(await view.page.locator('.readout').isVisible()));
    }));

  it('tells every run, and what happened there', () => {
    const events = [{ step: 700, text: 'went back to step 500 after a spike' }];
    const runs = [makeRun({ name: 'a', events }), makeRun({ name: 'b', seed: 2, steps: 800 })];
    return withView(openRuns(browser, runs), async (view) => {
      const mark = view.page.getByRole('img', { name: /went back to step 500/ });
      const box = (await mark.boundingBox())!;
      await view.page.mouse.move(box.x + box.width / 2, box.y + 60);
      await settle(view);
      assert.deepEqual(await texts(view, '.readout tbody th'), ['a', 'b']);
      assert.match(
        (await texts(view, '.readout-event')).join(),
        /a, step 700: went back to step 500 after a spike/,
      );
    });
  });
});

describe('the zoom', () => {
  /** First and last step in sight, read with the keys. */
  async function ends(view: RunView): Promise<number[]> {
    const steps: number[] = [];
    for (const [keys, step] of [
      [['Escape', 'ArrowLeft'], 0],
      [['PageUp', 'PageUp', 'PageUp', 'PageUp', 'PageUp'], 1],
    ] as const) {
      await press(view, ...keys);
      steps[step] = Number(/^step ([\d,]+)/.exec(await spoken(view))![1].replace(',', ''));
    }
    return steps;
  }

  it('goes to what was dragged over, and back with a double-click', () =>
    withRun({}, async (view) => {
      const { left, right, y } = await plot(view);
      await view.page.mouse.move(left + 100, y);
      await view.page.mouse.down();
      await view.page.mouse.move(left + 150, y + 20, { steps: 4 });
      await view.page.mouse.move(left + 200, y + 20, { steps: 4 });
      await view.page.mouse.up();
      await settle(view);
      const [end, middle] = await ends(view);
      assert.ok(end < 800 && middle > 150, `${middle} to ${end}`);
      assert.ok(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible());
      await view.page.mouse.dblclick((left + right) / 2, y);
      await settle(view);
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
      assert.equal((await ends(view))[0], 1240);
    }));

  it('is there again after a reload', async () => {
    let saved: RunViewState | undefined;
    await withRun({}, async (view) => {
      await press(view, 'ArrowLeft', '+');
      saved = await view.saved();
    });
    assert.ok(saved?.window && saved.window[0] > 500, String(saved?.window));
    await withRun(
      {},
      async (view) => {
        assert.ok(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible());
        assert.deepEqual((await view.saved())?.window, saved?.window);
      },
      { state: saved },
    );
  });

  it('follows the wheel and the keys, and moves with Shift', () =>
    withRun({}, async (view) => {
      const { left, right, y } = await plot(view);
      const middle = (left + right) / 2;
      await view.page.mouse.move(middle, y);
      await view.page.mouse.wheel(0, -600);
      await settle(view);
      const [end] = await ends(view);
      assert.ok(end < 1000, String(end));
      await view.page.keyboard.down('Shift');
      await view.page.mouse.move(middle, y);
      await view.page.mouse.down();
      await view.page.mouse.move(middle + 80, y, { steps: 4 });
      await view.page.mouse.up();
      await view.page.keyboard.up('Shift');
      await settle(view);
      const [moved] = await ends(view);
      assert.ok(moved < end, `${moved} is before ${end}`);
      await press(view, 'Escape', '0', '+');
      assert.ok((await ends(view))[0] < 1240);
      await press(view, '-');
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
    }));

  it('is given up by Esc while dragging', () =>
    withRun({}, async (view) => {
      const { left, y } = await plot(view);
      await view.page.mouse.move(left + 100, y);
      await view.page.mouse.down();
      await view.page.mouse.move(left + 200, y, { steps: 4 });
      await view.page.keyboard.press('Escape');
      await view.page.mouse.up();
      await settle(view);
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
    }));
});

describe('several runs', () => {
  const runs = [makeRun({ name: 'a' }), makeRun({ name: 'b', seed: 2 })];
  const others = [{ directory: '/other/c', name: 'c' }];

  it('are overlaid and taken away from the menu', () =>
    withView(openRuns(browser, runs, { others }), async (view) => {
      const [a, b] = runs.map(({ snapshot }) => snapshot.directory);
      const choose = async (name: string): Promise<void> => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await view.page.getByRole('menuitem', { name: 'Overlay Runs…' }).click();
        await view.page.getByRole('menuitemcheckbox', { name }).click();
        await settle(view);
      };
      await choose('c');
      assert.deepEqual(last(view, 'show')?.runs, [a, b, '/other/c']);
      await choose('b');
      assert.deepEqual(last(view, 'show')?.runs, [a]);
    }));

  it('are hidden and shown by their names, which a reload remembers', () =>
    withView(openRuns(browser, runs), async (view) => {
      const b = view.page.getByRole('button', { name: 'b', exact: true });
      await b.click();
      await settle(view);
      assert.equal(await b.getAttribute('aria-pressed'), 'false');
      assert.deepEqual((await view.saved())?.hidden, [runs[1].snapshot.directory]);
      await press(view, 'End');
      assert.doesNotMatch(await spoken(view), /b: /);
      await view.page.getByRole('button', { name: 'a', exact: true }).click();
      await view.page.getByRole('button', { name: 'Show All Runs' }).click();
      await settle(view);
      assert.equal((await view.saved())?.hidden, undefined);
    }));
});

describe('the table', () => {
  it('has a row for every logged step, and few elements', () =>
    withRun({}, async (view, { points }) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await settle(view);
      const grid = view.page.getByRole('grid', { name: 'Logged steps' });
      // 1,240 steps, the evaluation before them, and the head.
      assert.equal(await grid.getAttribute('aria-rowcount'), '1242');
      assert.ok((await view.page.locator('.point-table .row').count()) < 60);
      await grid.focus();
      await view.page.keyboard.press('End');
      await settle(view);
      const cells = await texts(view, '.row.active .cell');
      assert.equal(cells[1], '1,240');
      const tip = await view.page.locator('.row.active .cell.loss').first().getAttribute('data-tip');
      assert.equal(Math.fround(Number(tip)), points.train.loss[1239]);
      assert.equal((await view.saved())?.table, true);
    }));

  it('says that not all steps are there', () =>
    withRun({}, async (view, { snapshot: { directory }, points }) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await settle(view);
      assert.ok(!(await view.page.locator('.table-caption').isVisible()));
      const train = Object.fromEntries(
        Object.keys(points.train).map((name) => [name, new Float32Array(1 << 17)]),
      ) as unknown as typeof points.train;
      train.step = new Int32Array(1 << 17);
      train.step.forEach((_, index) => (train.step[index] = 1 + 2 * index));
      await view.send({ type: 'points', points: { ...points, directory, train } });
      await settle(view);
      assert.match((await texts(view, '.table-caption')).join(), /1 of 2 of cfg-small-01/);
    }));
});

describe('samples', () => {
  it('of a grammar say which are valid, and where the others die', () =>
    withRun({ samples: grammarSamples }, async (view) => {
      assert.deepEqual(await texts(view, '.samples-head h2'), ['Samples at step 1,200']);
      assert.equal(await view.page.getByRole('img', { name: 'Valid', exact: true }).count(), 2);
      assert.equal(await view.page.getByRole('img', { name: 'Invalid' }).count(), 2);
      assert.deepEqual(await texts(view, '.dead'), [grammarSamples.samples[1].text.slice(28)]);
    }));

  it('of stories are texts and nothing else', () =>
    withRun({ samples: storySamples }, async (view) => {
      assert.deepEqual(
        await texts(view, '.sample-text'),
        storySamples.samples.map(({ text }) => text),
      );
      assert.equal(await view.page.locator('.verdict').count(), 0);
    }));

  it('keep the height that was chosen', () =>
    withRun({ samples: grammarSamples }, async (view) => {
      await view.page.getByRole('separator', { name: 'Height of the samples' }).focus();
      await view.page.keyboard.press('ArrowUp');
      await settle(view);
      const height = await view.page.locator('.samples').evaluate((element) => element.clientHeight);
      assert.equal((await view.saved())?.samplesHeight, height);
    }));
});

describe('saving', () => {
  async function save(view: RunView, kind: string): Promise<string | Uint8Array> {
    await view.page.getByRole('button', { name: 'Save…' }).click();
    await view.page.getByRole('menuitem', { name: `Save as ${kind}…` }).click();
    await until('the file', () => last(view, 'save')?.part.isLast ?? false);
    const { name, content, part } = last(view, 'save')!;
    assert.equal(name, `cfg-small-01.${kind.toLowerCase()}`);
    assert.equal(part.index, 0);
    return content;
  }

  it('gives an SVG that the browser takes', () =>
    withRun({}, async (view) => {
      const svg = await save(view, 'SVG');
      const found = await view.page.evaluate((text) => {
        const { documentElement: root } = new DOMParser().parseFromString(text as string, 'image/svg+xml');
        return { root: root.localName, errors: root.querySelectorAll('parsererror').length };
      }, svg);
      assert.deepEqual(found, { root: 'svg', errors: 0 });
    }));

  it('gives a PNG of twice the size', () =>
    withRun({}, async (view) => {
      // Bytes cross into the test as they are, or as an object with numbers as keys.
      const bytes = Buffer.from(Object.values(await save(view, 'PNG')));
      assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      assert.equal(bytes.readUInt32BE(16), 2 * 640);
    }));

  it('gives a CSV with every point', () =>
    withRun({}, async (view) => {
      const csv = await save(view, 'CSV');
      assert.equal((csv as string).split('\r\n').length, 1 + 1241 + 1);
    }));
});

describe('everything', () => {
  it('has a name', () =>
    withRun({ samples: grammarSamples }, async (view) => {
      const nameless = await view.page.evaluate(() =>
        Array.from(
          document.querySelectorAll('button, vscode-button, vscode-dropdown, [role=img], [tabindex="0"]'),
        )
          .filter((element) => element.checkVisibility())
          .filter((element) => (element.ariaLabel ?? element.textContent.trim()) === '')
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, []);
      assert.match((await view.page.locator('.chart-body').getAttribute('aria-label')) ?? '', /cfg-small-01/);
    }));

  it('draws its lines anew in another theme', () =>
    withRun({}, async (view) => {
      const pixels = (): Promise<string> =>
        view.page
          .locator('.chart-canvas')
          .first()
          .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
      const before = await pixels();
      await view.page.evaluate(() => (document.body.className = 'vscode-light'));
      await settle(view);
      assert.notEqual(await pixels(), before);
    }));

  it('tells its keys', () =>
    withRun({}, async (view) => {
      await view.page.locator('.chart-body').focus();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    }));
});
