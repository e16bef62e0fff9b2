// The world of a story keeps track of who is where and who has what.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Dice } from '../../src/backend/data/stories';
import { drawCast } from '../../src/backend/data/stories/teller/cast';
import { Teller } from '../../src/backend/data/stories/teller/teller';
import { ADJECTIVES } from '../../src/backend/data/stories/words/adjectives';
import { nounCalled } from '../../src/backend/data/stories/words/nouns';
import { VERBS } from '../../src/backend/data/stories/words/verbs';
import { Character } from '../../src/backend/data/stories/world/character';
import { HOME, placeOf } from '../../src/backend/data/stories/world/place';
import { Thing } from '../../src/backend/data/stories/world/thing';

function teller(): Teller {
  const dice = new Dice(1);
  const required = { verb: VERBS[0], noun: nounCalled('idea'), adjective: ADJECTIVES[0] };
  return new Teller(dice, drawCast(dice, 'child'), required, new Set(['dialogue']), false, false, undefined);
}

describe('a thing', () => {
  const [lily, tom] = [new Character('Lily', 'she', 'girl'), new Character('Tom', 'he', 'boy')];

  it('is given by who has it to somebody in the same place', () => {
    const ball = new Thing(nounCalled('ball'), 'red').heldBy(lily);
    lily.place = tom.place = placeOf('park');
    ball.give(lily, tom);
    assert.throws(() => {
      ball.give(lily, tom);
    }, /Lily has no ball/);
    lily.place = HOME;
    assert.throws(() => {
      ball.give(tom, lily);
    }, /not where Lily is/);
  });

  it('is named with article, adjective and number', () => {
    const named = (noun: string, adjective?: string) => new Thing(nounCalled(noun), adjective);
    assert.equal(named('apple').a, 'an apple');
    assert.equal(named('apple', 'red').a, 'a red apple');
    assert.equal(named('milk', 'iced').a, 'some iced milk');
    assert.equal(named('shoes').it, 'them');
    assert.equal(named('cherry', 'ripe').many, 'ripe cherries');
  });
});

describe('a place', () => {
  it('has the preposition that goes with it', () => {
    assert.equal(placeOf('park').at, 'at the park');
    assert.equal(placeOf('forest', 'dark').at, 'in the dark forest');
    assert.equal(placeOf('hill').to, 'to the hill');
    assert.equal(HOME.to, 'home');
  });
});

describe('speech', () => {
  it('is only of those who are there', () => {
    const story = teller();
    assert.throws(() => story.says(story.friend, 'Hello.', ''), /is not here/);
    story.meet(story.friend).says(story.friend, 'Hello.', '');
    assert.match(story.paragraphs[0][0], /"Hello[.,]"/);
    story.go(placeOf('park'), story.friend);
    assert.throws(() => story.says(story.parent, 'Hello.', ''), /is not here/);
  });
});

describe('a pronoun at the beginning of a sentence', () => {
  it('is replaced by the name where it could mean somebody else, or nobody was named', () => {
    const story = teller();
    const { hero, parent, otherParent } = story;
    const rival = parent.he === hero.he ? parent : otherParent;
    const last = () => story.paragraphs[0].at(-1);
    story.tell(`${hero.he} sang.`);
    assert.equal(last(), `${hero.name} sang.`);
    story.tell(`${hero.he} sang again.`);
    assert.match(last()!, /^(She|He) sang again/);
    story.tell(`${rival.name} heard ${hero.name}.`, `${hero.he} stopped.`);
    assert.equal(last(), `${hero.name} stopped.`);
  });
});
