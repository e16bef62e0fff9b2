// What is offered after `# grammar:` at the head of a file of strings.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { grammarCompletions } from '../../src/backend/language/textCompletion';
import { CFG_TEXT_LANGUAGE } from '../../src/protocol/grammars';

const folder = mkdtempSync(join(tmpdir(), 'subtext-completion-'));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const [name, text] of [
  ['notes.txt', 'S -> a'],
  ['setup.cfg', '[metadata]\nname = other\n'],
  ['toy.cfg', 'S -> a'],
])
  writeFileSync(join(folder, name), text);

/** What is offered at `|` in a text. */
function offered(marked: string, uri = 'untitled:Untitled-1') {
  const text = marked.replace('|', '');
  const document = TextDocument.create(uri, CFG_TEXT_LANGUAGE, 1, text);
  const items = grammarCompletions(document, document.positionAt(marked.indexOf('|')));
  /** The text once an item was taken. */
  const taken = (label: string) => {
    const { textEdit } = items.find((item) => item.label === label)!;
    assert.ok(textEdit && 'range' in textEdit);
    return TextDocument.applyEdits(document, [textEdit]);
  };
  return { items, labels: items.map(({ label }) => label), taken };
}

describe('after # grammar:', () => {
  it('the published grammars are offered, with what they are', () => {
    const { labels, items } = offered('# grammar: |\n');
    assert.deepEqual([labels[0], labels.includes('cfg3h/3')], ['cfg3b', true]);
    assert.equal(items[0].detail, '7 levels, 138 to 432 terminals');
    const inOrder = [...items].sort((a, b) => (a.sortText! < b.sortText! ? -1 : 1));
    assert.deepEqual(inOrder, items);
  });

  it('grammars in the same folder come before them, settings of other programs do not', () => {
    const { labels } = offered('# grammar: |', pathToFileURL(join(folder, 'a.cfgtext')).href);
    assert.deepEqual(labels.slice(0, 2), ['toy.cfg', 'cfg3b']);
    const gone = pathToFileURL(join(folder, 'gone', 'a.cfgtext')).href;
    assert.equal(offered('# grammar: |', gone).labels[0], 'cfg3b');
  });

  it('one takes the place of the name that stands there, and leaves a blank before it', () => {
    assert.equal(offered('# grammar:|\n1 2').taken('cfg3b'), '# grammar: cfg3b\n1 2');
    assert.equal(offered('# grammar: cfg3|f/2\r\n1 2').taken('cfg3b/2'), '# grammar: cfg3b/2\r\n1 2');
    assert.equal(offered('#grammar:  |  cfg3f').taken('cfg3b'), '#grammar:  cfg3b');
    assert.equal(offered('# grammar: cfg3f  |').taken('cfg3b'), '# grammar: cfg3b');
  });

  it('nothing is offered elsewhere', () => {
    const elsewhere = [
      '# gram|mar: cfg3b',
      '# drop: |',
      '1 2 |',
      '|',
      '1 2\n# grammar: |',
      '# seed: 3\n|# grammar: a',
    ];
    for (const text of elsewhere) assert.deepEqual(offered(text).labels, [], text);
    assert.notEqual(offered('# seed: 3\n\n# grammar: |\n1 2').labels.length, 0);
  });
});
