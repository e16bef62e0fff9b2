// The pages of views: what they may load, and what of their saved state is believed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageHtml } from '../../src/host/panels/html';
import { savedQuestion } from '../../src/host/panels/savedState';

describe('the page of a view', () => {
  const html = pageHtml({
    title: 'Neurons <1>',
    nonce: 'abc123',
    source: 'https://webview.example',
    script: 'https://webview.example/neurons.js?a=1&b="2"',
    style: 'https://webview.example/neurons.css',
  });

  it('loads nothing but its script, its style and its fonts', () => {
    assert.match(
      html,
      /default-src 'none'; script-src 'nonce-abc123'; style-src https:\/\/webview\.example 'nonce-abc123'; font-src https:\/\/webview\.example"/,
    );
    assert.doesNotMatch(html, /unsafe|data:|img-src|connect-src/);
  });

  it('has nothing inline', () => {
    assert.doesNotMatch(html, /<style|style=|onload|<script(?![^>]*\ssrc=)/);
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it('escapes what it is given', () => {
    assert.ok(html.includes('Neurons &lt;1&gt;'));
    assert.ok(html.includes('a=1&amp;b=&quot;2&quot;'));
  });
});

describe('the saved state of the neurons view', () => {
  it('is believed where it makes sense', () => {
    const uri = 'file:///story.txt';
    const question = { uri, model: '/m', selection: { start: 2, end: 5 } };
    assert.deepEqual(savedQuestion({ ...question, ranking: 'largest', filter: '' }), question);
    assert.deepEqual(savedQuestion({ uri, model: '/m' }), { uri, model: '/m' });
  });

  it('is not where it makes none', () => {
    for (const state of [undefined, null, 'x', {}, { uri: 'file:///a' }, { uri: 3, model: '/m' }]) {
      assert.equal(savedQuestion(state), undefined);
    }
    const question = { uri: 'file:///a', model: '/m' };
    for (const selection of [{ start: 5, end: 2 }, { start: -1, end: 2 }, { start: 'a', end: 2 }, null]) {
      assert.deepEqual(savedQuestion({ ...question, selection }), question);
    }
  });
});
