// The adjectives, by what they describe.
import { adjectives, type Adjective, type AdjectiveFrame } from './adjective';

export const ADJECTIVES: readonly Adjective[] = [
  ...adjectives(
    'trait',
    `kind brave shy clever curious gentle polite honest helpful friendly quiet lively cheerful playful careful lazy greedy
    selfish stubborn naughty silly smart bold calm patient generous loyal funny adventurous thoughtful cautious energetic
    creative talented active busy caring charming chatty considerate courageous daring dreamy eager fearless forgetful
    forgiving fair grumpy fussy gifted humble impatient intelligent jolly jealous kindhearted likeable lovely merry messy
    mischievous modest neat nosy obedient peaceful proper quick reliable responsible restless
    rude sleepy spoiled sporty studious sweet tender thankful tidy timid trusting truthful
    wise young talkative clumsy independent loving hopeful fearful imaginative innocent
    unselfish bossy cheeky moody noisy nimble bashful handsome graceful strong `,
  ),
  ...adjectives(
    'glad',
    `happy glad proud joyful pleased excited delighted cheery grateful relieved content satisfied thrilled overjoyed     comfortable confident relaxed amazed lucky free safe carefree fine great blessed amused     `,
  ),
  ...adjectives(
    'sad',
    `sad angry upset scared worried lonely afraid nervous mad unhappy disappointed ashamed guilty confused bored tired hurt
    frightened gloomy hopeless helpless miserable annoyed frustrated embarrassed sorry lost anxious discouraged puzzled shocked
    weak weary sick ill uncomfortable tearful heartbroken terrified furious troubled exhausted dizzy desperate
    unsure stunned alone alarmed hungry thirsty`,
  ),
  ...adjectives(
    'weather',
    `sunny rainy windy cloudy stormy foggy snowy hot warm cold chilly cool mild frosty breezy bright clear gray icy
    misty dry wet freezing dull `,
  ),
  ...adjectives(
    'place',
    'crowded distant deserted shady grassy sandy rocky leafy wild open hilly faraway nearby empty sunlit',
  ),
  ...adjectives(
    'happening',
    `special strange wonderful exciting good bad long short easy hard ordinary perfect terrible fantastic amazing boring
     magical mysterious unusual awful dangerous difficult different extraordinary 
    important incredible interesting magnificent marvelous normal odd pleasant remarkable
    scary serious simple splendid super surprising thrilling tiring tough tricky unexpected unforgettable
    unlucky usual weird delightful eventful dreadful enjoyable horrible `,
  ),
  // Colours and sizes, of nearly everything that can be made.
  ...adjectives(
    'thing',
    'red blue green yellow orange purple pink brown black white golden silver colorful striped spotted plain big small little tiny large huge new old pretty beautiful nice cute fancy cheap',
    { kinds: ['toy', 'clothing', 'container'], nouns: 'cup, bowl, umbrella, pillow, lamp, bike, boat' },
  ),
  ...adjectives(
    'thing',
    'expensive rare modern antique elegant handmade homemade foreign precious valuable favorite used borrowed',
    {
      nouns: 'vase, clock, necklace, lamp, mirror, doll, watch, bracelet, guitar',
    },
  ),
  ...adjectives('thing', 'soft fluffy cozy silky woolly fuzzy thick knitted cuddly', {
    nouns: 'blanket, pillow, scarf, sweater, teddy bear, mittens, gloves, coat',
  }),
  ...adjectives('thing', 'shiny smooth sparkling glittering polished glossy gleaming hollow solid', {
    nouns: 'stone, shell, coin, pebble, crystal, pearl, bell, button, ring',
  }),
  ...adjectives('thing', 'dirty muddy dusty sticky stained damp clean smelly', {
    nouns: 'shirt, shoes, boots, socks, towel, hat, jacket, plate, carpet, pants',
  }),
  ...adjectives(
    'thing',
    'broken torn cracked crooked rusty bent worn ragged rotten loose wobbly damaged ugly',
    {
      nouns: 'chair, fence, basket, gate, bench, ladder, bucket, shovel, sled, flag',
    },
  ),
  ...adjectives('thing', 'full heavy light deep locked closed sealed dented', {
    nouns: 'box, chest, bag, basket, sack, bucket',
  }),
  ...adjectives(
    'thing',
    'delicious tasty yummy juicy ripe crunchy crispy sour salty spicy creamy sugary fruity raw cooked tempting stale burnt frozen fresh healthy chewy mushy',
    { kinds: ['food'] },
  ),
  ...adjectives('thing', 'boiling bubbly steaming', { kinds: ['drink'], nouns: 'soup' }),
  ...adjectives(
    'thing',
    'furry tame hairy wooly plump feathered stray newborn adorable baby fat thin swift fast slow sly speedy',
    {
      nouns: 'puppy, kitten, rabbit, hamster, squirrel, duckling, lamb, fox, hedgehog, mouse',
    },
  ),
  ...adjectives('thing', 'fierce powerful giant enormous gigantic mighty massive rough', {
    nouns: 'lion, tiger, elephant, bear, crocodile, whale, shark',
  }),
  ...adjectives('thing', 'blooming fragrant tall wilted prickly thorny flowering bushy bare ', {
    nouns: 'bush, rose, sunflower, tree, cactus',
  }),
  ...adjectives('thing', 'round flat square pointed sharp curved straight wide ', {
    nouns: 'stone, stick, rock, shell, leaf, twig, feather, branch',
  }),
  ...adjectives('thing', 'wooden plastic metal leather rubber woven iron painted', {
    nouns: 'box, bowl, spoon, bench, boat, bucket, button, cup, basket',
  }),
  ...adjectives('thing', 'loud faint low squeaky ', {
    nouns: 'sound, noise',
  }),
  ...adjectives('thing', 'bald rich poor bearded grown mean nasty cruel evil popular royal', {
    nouns: 'stranger, king, queen, wizard, pirate, farmer, neighbor, driver',
  }),
  ...adjectives('thing', 'dark dim glowing blinding starry flickering', {
    nouns: 'light, cloud, lamp, star, candle',
  }),
  ...adjectives('thing', 'steep high vast roaring', {
    nouns: 'mountain, waterfall, cliff, volcano',
  }),
  ...adjectives('thing', 'haunted abandoned ancient secret hidden enchanted spooky roomy', {
    nouns: 'castle, house, tower, cabin, hut, cave, tunnel, palace, treehouse',
  }),
];

const BY_FRAME = new Map<AdjectiveFrame, Adjective[]>();
for (const adjective of ADJECTIVES) {
  BY_FRAME.set(adjective.frame, [...(BY_FRAME.get(adjective.frame) ?? []), adjective]);
}

export function adjectivesOf(frame: AdjectiveFrame): readonly Adjective[] {
  return BY_FRAME.get(frame)!;
}
