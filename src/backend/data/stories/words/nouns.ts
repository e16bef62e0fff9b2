// The nouns, by kind.
import { IDEAS } from './ideas';
import { nouns, type Noun, type NounKind } from './noun';

export const NOUNS: readonly Noun[] = [
  ...nouns(
    'toy',
    `ball, doll, kite, teddy bear, toy car, toy train, robot, puzzle, drum, yo-yo, balloon, toy boat, block,
    marble, puppet, toy truck, toy plane, scooter, rope, hoop, mask, wand, crown, toy sword, toy dinosaur,
    frisbee, whistle, spaceship, dollhouse, toy castle, tricycle, sled`,
  ),
  ...nouns('pet', 'dog, cat, puppy, kitten, rabbit, hamster, parrot, goldfish, pony, turtle'),
  ...nouns(
    'farm',
    'cow, horse, pig, sheep, goat, hen, duck, goose, donkey, lamb, chick, rooster, calf, piglet',
  ),
  ...nouns(
    'wild',
    `lion, tiger, elephant, giraffe, monkey, bear, zebra, wolf, whale, shark, crocodile, kangaroo, camel, penguin, hippo,
    panda, dolphin, seal, snake, eagle, octopus`,
  ),
  ...nouns(
    'small',
    `bird, mouse, frog, squirrel, bee, butterfly, ant, snail, ladybug, hedgehog, owl, spider, worm, fox, beetle, crab, fish,
    lizard, bat, caterpillar, swan, deer, duckling, crow`,
  ),
  ...nouns(
    'food',
    `apple, banana, cookie, cake, sandwich, pear, carrot, peach, cupcake, pie, muffin, pancake, orange, plum, strawberry,
    cherry, lollipop, pizza, burger, egg, tomato, potato, bun, donut, grape, melon, salad,
    lemon, onion, pumpkin, blueberry, mango`,
  ),
  ...nouns(
    'food',
    'bread, cheese, soup, rice, ice cream, chocolate, honey, jam, candy, popcorn, pudding, toast, pasta, fruit, jelly, cereal, yogurt, corn',
    'mass',
  ),
  ...nouns('drink', 'milk, water, juice, tea, lemonade, cocoa', 'mass'),
  ...nouns('ingredient', 'sugar, flour, butter, salt, cream, cinnamon', 'mass'),
  ...nouns(
    'clothing',
    `hat, coat, scarf, dress, shirt, sweater, jacket, cap, skirt, raincoat, belt, necklace, ring, bracelet, ribbon, helmet,
    costume, apron, watch, bow, cape, backpack`,
  ),
  ...nouns('clothing', 'shoes, boots, socks, gloves, mittens, pants, glasses', 'plural'),
  ...nouns(
    'tool',
    `hammer, ladder, shovel, broom, rake, saw, bucket, nail, hose, wheelbarrow, paintbrush, mop, flashlight,
    net`,
  ),
  ...nouns('dish', 'cup, plate, bowl, spoon, fork, knife, pot, pan, mug, glass, teapot, tray, jug'),
  ...nouns('furniture', 'bed, table, chair, sofa, shelf, desk, cupboard, bench, drawer'),
  ...nouns(
    'supply',
    `pencil, pen, crayon, notebook, book, ruler, map, card, picture, sticker, stamp, letter, newspaper,
    poster`,
  ),
  ...nouns('supply', 'paper, glue, tape, paint, string, chalk, clay', 'mass'),
  ...nouns('supply', 'scissors, crayons', 'plural'),
  ...nouns(
    'household',
    `lamp, clock, candle, mirror, pillow, blanket, key, vase, phone, towel, radio, camera,
    umbrella, brush, comb, toothbrush, sponge, button, coin, bell, sheet,     bandage, tent, flag`,
  ),
  ...nouns('household', 'soap, money, wool', 'mass'),
  ...nouns(
    'fixture',
    'fireplace, oven, fridge, piano, television, carpet, curtain, lock, light, computer, fan, heater',
  ),
  ...nouns('container', 'box, basket, bag, bottle, jar, chest, sack, can'),
  ...nouns('instrument', 'guitar, trumpet, violin, flute, harp'),
  ...nouns(
    'vehicle',
    `car, bus, train, truck, bike, boat, plane, taxi, tractor, wagon, helicopter, ship, van, fire truck, ambulance, rocket,
    cart`,
  ),
  ...nouns(
    'outdoors',
    'park, forest, garden, beach, field, meadow, yard, playground, lake, pond, river, hill, farm, woods',
  ),
  ...nouns(
    'building',
    `house, school, library, castle, barn, shop, store, bakery, market, zoo, hospital, church, museum, tower, cottage, palace,
    hotel, station, bridge, cabin, hut, village, town, city, tunnel, street, road, cave,
    island, pool, well, fountain, fence, gate, wall, treehouse`,
  ),
  ...nouns('room', 'kitchen, bedroom, bathroom, attic, garage, hall, porch, closet'),
  ...nouns(
    'find',
    `stone, feather, shell, stick, acorn, pebble, nut, pinecone, twig, rock, crystal,
    bone, pearl, seed, leaf, berry, mushroom`,
  ),
  ...nouns(
    'plant',
    'log, nest, branch, puddle, footprint, web, tree, flower, bush, rose, tulip, daisy, sunflower, oak, cactus, weed, lily',
  ),
  ...nouns('landscape', 'mountain, waterfall, volcano, cliff, stream'),
  ...nouns('sky', 'cloud, star, rainbow, storm, sunset, sunrise, snowflake, shadow'),
  ...nouns(
    'person',
    `farmer, teacher, doctor, nurse, baker, neighbor, policeman, fireman, mailman, painter, singer, clown, king, queen, prince,
    princess, pirate, fairy, giant, wizard, knight, baby, grandmother, grandfather, uncle, aunt, cousin, sailor, dancer,
    gardener, driver, captain, stranger, dentist, cook, magician, fisherman, thief, hero, witch,
    builder, mermaid`,
  ),
  ...nouns('body', 'nose, hand, head, cheek, ear, arm, knee, finger, toe, foot, chin, shoulder, leg'),
  ...IDEAS,
];

const BY_KIND = new Map<NounKind, Noun[]>();
for (const noun of NOUNS) BY_KIND.set(noun.kind, [...(BY_KIND.get(noun.kind) ?? []), noun]);

export function nounsOf(kind: NounKind): readonly Noun[] {
  return BY_KIND.get(kind)!;
}

const COUNTABLE = new Map(
  [...BY_KIND].map(([kind, list]) => [kind, list.filter(({ number }) => number === 'singular')]),
);

/** Those of a kind that "a" can stand before. */
export function countableNounsOf(kind: NounKind): readonly Noun[] {
  return COUNTABLE.get(kind)!;
}

const BY_NAME = new Map(NOUNS.map((noun) => [noun.base, noun]));

/** @throws Error for a word that is not in the list: a misprint in a table */
export function nounCalled(base: string): Noun {
  const noun = BY_NAME.get(base);
  if (noun === undefined) throw new Error(`There is no noun "${base}" in the list.`);
  return noun;
}
