// The verbs, by how a story uses them.
import { verbs, type Verb, type VerbFrame } from './verb';

export const VERBS: readonly Verb[] = [
  // H liked to …; every day, H …
  ...verbs(
    'fun',
    `act in little plays; balance on the low wall; blow bubbles; bounce a ball; build towers; camp in the garden;
    chase butterflies; climb trees; collect shells; color pictures; cook with $his grandma; copy the songs of the birds;
    count the stars; craft paper boats; dance to music; dig holes in the sand; discover new things; dive into the pool;
    draw animals; dream of far places; dress $his teddy bear; drum on old pots; eat apples; explore the garden;
    feed the ducks; fish with $his grandpa; float on the lake; fold paper hats; gallop like a horse; gaze at the clouds;
    guess riddles; hike in the hills; hum old songs; imagine faraway lands; invent new games; joke with $his family;
    juggle two oranges; jump over puddles; kick a ball; learn new words; listen to stories; look at old pictures;
    match cards; mold animals out of clay; nibble on crackers; paddle in the pond;
    paint pictures; perform for $his family; pet the cat next door; play in the yard; pretend to be a pirate;
    puzzle over riddles; race with the other children; read books; rhyme words; ride $his bike; roar like a lion;
    rock on the wooden horse; roll down the hill; sail paper boats; scribble on paper; search for treasure; sing songs;
    sketch the flowers; ski in the winter; skate on the ice; skateboard in the street; slide down the long slide; sled down the hill;
    snack on berries; spell hard words; spin in circles; splash in the water; stack blocks; stamp in the snow; stretch in the sun;
    study the stars; surf on the waves; swim in the lake; swing under the old tree; talk to the animals; tap on the table;
    taste new food; throw stones into the river; toss a ball; trace letters; travel by train; tumble in the grass; twirl in the garden;
    type letters; visit $his cousins; wade in the stream; watch the birds; whisper to $his teddy bear; whistle a tune;
    wonder about the moon; wrestle with $his dad; write letters; zoom around on $his scooter;
    act like a clown; chew gum; crunch carrots; cuddle $his teddy bear; decorate the windows; display $his drawings;
    dunk cookies in milk; enjoy the sunshine; flip pancakes; glide over the ice;
    hide under the table; hunt for bugs; lick ice cream; lie in the grass; mimic the parrot; munch on apples; name the stars; practice the flute; rest under the tree; sip cocoa; snap $his fingers;
    sniff the flowers; snuggle under a blanket; solve puzzles; speak with the neighbors; squeak like a mouse; squirt water;
    think about the stars; tickle $his dad; trade stickers; trot like a pony; try new things;
    weave little baskets; wiggle $his toes; yell from the hilltop; bake cookies; swallow sweet berries; shout from the hilltop;
    save coins in a jar; show tricks to $his family; share snacks with the other children; send letters to $his grandma; sew clothes for dolls;
    wave to the bus driver; use bright colors; argue about silly things; ask questions; chat with the baker; tease $his dad; tell stories;
    shine $his flashlight at the ceiling; catch balls; hit the ball with a stick; hop on one leg; bang on the drum; celebrate birthdays`,
  ),
  // H helped mom to …; that morning, H …
  ...verbs(
    'chore',
    `add salt to the soup; arrange the flowers; bathe the dog; beat the eggs;
    bend a wire; boil the eggs; bring in the letters; brush the dog; bury the seeds; button $his coat; buy bread; carry the bags; change the sheets;
    check the mailbox; chill the lemonade; chop the carrots; clean the kitchen; clear the table; close the curtains; comb $his hair; cover the bed;
    crack the eggs; cut the bread; deliver the newspaper; dry the plates; dust the shelves; empty the basket;
    fasten $his belt; fetch the newspaper; fill the bottles; finish the work; fix the fence; flatten the boxes; fry the potatoes; gather the leaves; grab the towels;
    grind the pepper; hammer nails; hang up the coats; heat the soup; hold the ladder; iron the shirts; knit a scarf; label the jars; lay the table; lift the basket; light the candles; load the car; lock the door; make the bed; mash the potatoes; measure the flour;
    melt the butter; mend the socks; milk the cow; mix the salad; mop the floor; mow the grass; open the windows; order the books; organize the books; pack the bags;
    peel the potatoes; pick apples; place cups on the table; plant carrots; polish the spoons; pour the milk; prepare lunch; pull out the weeds; push the cart;
    put away the cups; rake the leaves; remove the weeds; repair the chair; return the bottles; rinse the cups; rub the table clean; scoop the rice; scrape the carrots;
    scrub the floor; serve the soup; set the table; shake the rugs; sharpen the pencils; shop for food; shovel snow; shut the gate;
    slice the bread; soak the beans; sort the socks; spray the plants; sprinkle sugar on the cake; squeeze the lemons; stir the soup;
    store the apples; straighten the pictures; sweep the floor; tape the boxes; thread the needle; tidy the living room;
    tie up the bags; toast the bread; trim the hedge; turn on the lights; untie the rope; unpack the bags; vacuum the carpet; wash the dishes; water the plants;
    wind up the clock; wipe the table; wrap the presents; zip up the bags; feed the hens; collect the eggs; build a shelf; choose the fruit;
    find the keys; keep the house clean; move the chairs; paint the fence; pay for the bread; roll the dough; sell lemonade; spread the butter; take out the trash;
    wake the baby; weed the garden; hide the presents; count the plates; load the wagon; drag the sack; pile up the wood; plan the meals; dig up the carrots;
    get the mail; give water to the cat; cool the cake; crush the nuts; freeze the berries; dip the brush in paint; press the flowers; wear an apron;
    hook up the wagon; stuff the pillows; sweeten the tea; teach the dog; train the puppy; warm the milk; stitch a button on the shirt; start the car; steer the boat; drive the tractor`,
  ),
  ...verbs(
    'move',
    `walk down the road; run across the field; skip along the path; hurry down the street; rush through the door; march around the garden;
    crawl under the table; creep through the house; dash across the yard; jog along the river; leap over the stream; prance around the room; sneak down the stairs;
    stroll through the town; tiptoe past the sleeping cat; wander through the woods; waddle like a duck; step over the stones; stomp up the stairs; speed down the hill; go up the hill;
    fly through the room like a plane; scamper across the grass; slip through the gate`,
  ),
  // On the way, H …, but was not hurt.
  ...verbs(
    'mishap',
    `trip over a root; slip on the wet grass; stumble over a stone; fall into a puddle; drop $his hat; bump into a tree; scratch $his knee; tear $his sock;
    spill water on $his shirt; lose a button; hurt $his toe; sneeze three times; cough a little; shiver in the wind; yawn; hiccup; skid on some leaves; stub $his toe; scrape $his elbow;
    miss the first bus; stain $his shirt; step into some mud; sink into the mud; bruise $his knee; sweat in the sun;
    crash into a bush; wobble on a loose stone; itch all over; get wet feet; rip $his pocket; bite $his tongue; burn $his tongue on hot cocoa; poke $his finger on a thorn;
    cut $his finger a little; break a shoelace; forget $his hat`,
  ),
  ...verbs(
    'mind',
    `think about it for a while; wonder what to do; hesitate for a moment; hope that all would be well; wish for some help; worry about it; ponder for a while;
    decide to stay calm; doubt that it would work; remember what $mom had said; believe that there was a way; imagine the worst; puzzle over it; pause for a moment; wait for a moment; stop to think; stare at the ground; scratch $his head; blink; gulp; shrug; breathe in deeply; freeze for a moment;
    understand that it was serious; realize that it was serious; need some help; want to do something; try to stay calm; look around; search $his pockets; listen quietly; kneel down; sit down on the ground;
    stand still; turn around; pace up and down; glance around; point at the sky; count to ten; nod slowly; blame nobody; notice how quiet it was; suppose that it was bad luck;
    regret it; refuse to give up; fold $his arms; close $his eyes; lean against a tree; peek through $his fingers; rub $his chin; bow $his head; mumble something; mutter something; know that it was time to be brave;
    struggle to stay calm; swallow hard; tap $his foot; fidget with $his buttons; watch quietly; gasp; call for help; shout for help; cling to hope; long for a hug; fear the worst; feel a little dizzy;
    dare to hope; guess what had happened; plan what to do next; pray for help; admit that it was bad; beg for some help; reply that it was not fair; disagree with everyone; whisper that it was not fair`,
  ),
  ...verbs(
    'upset',
    `cry; weep; sob; sigh; frown; pout; whine; moan; groan; sniffle; whimper; tremble; shudder; scream; shriek; sulk; grumble; complain; stamp $his foot; hide $his face; hang $his head; wail; snort; scowl;
    blush; droop; quiver; grunt; panic; shake $his head; shed a tear; lower $his eyes; kick the ground; cover $his eyes; clench $his fists; bite $his lip; squeal; wring $his hands`,
  ),
  ...verbs(
    'joy',
    `smile; laugh; giggle; grin; cheer; clap $his hands; chuckle; beam; jump for joy; hop for joy; dance for joy; whistle happily; hum happily; sing for joy; shout for joy; wink; relax; glow with joy; wave both arms; raise $his arms; twirl for joy; nod happily; celebrate; rest at last; spin around with joy; skip for joy; whoop; bow like an actor; burst out laughing; shine with pride; thank everyone; blow a kiss; leap for joy; squeak with joy`,
  ),
  // At the end, H … mom, or the friend.
  ...verbs(
    'care',
    `hug; kiss; thank; praise; love more than ever; trust more than ever; forgive for everything; squeeze with both arms; tickle for fun;
    comfort with a hug; follow everywhere from then on; help from then on; admire from that day on; obey from then on; join for a dance; remember forever; respect from that day on; treasure from that day on; greet with a smile;
    guide from then on; protect from then on; impress very much; encourage with a smile; amaze with a dance; pat on the back; miss from that hour on; invite for dinner; welcome with a smile; support from then on; amuse with a joke;
    adore more than ever; delight with a song; calm with a smile; entertain with a song; surprise with a kiss; please with a flower`,
  ),
  ...verbs(
    'scene',
    `the sun | shine brightly; the wind | blow softly; the birds | chirp in the trees; a dog | bark far away; a cat | meow at the door; a bee | buzz around the flowers; the clouds | drift across the sky; the leaves | rustle in the wind;
    the flowers | bloom in the garden; a bell | ring far away; the clock | tick on the wall; a frog | croak by the pond; a horse | neigh in the field; the grass | grow high; a cock | crow behind the house; an owl | hoot in the woods; the leaves | flutter in the wind;
    the roof | creak in the wind; the water | flow over the stones; the river | rush over the rocks; the stars | fade in the morning sky; the sun | rise over the hills; a duck | quack in the pond; a sheep | bleat in the field; the snow on the hills | sparkle in the sun; the lake | glitter in the sun;
    the windows | gleam in the sun; the tap | drip in the kitchen; the kettle | steam in the kitchen; smoke | curl over the roofs; a flag | flap in the wind; a butterfly | land on a flower; a hen | cluck in the yard; a woodpecker | peck at a tree; a snail | crawl over a leaf; the last star | twinkle in the sky;
    the bus | stop in front of the house; a plane | soar over the town; a spider | spin its web by the door; a squirrel | gnaw on a nut; a swallow | swoop over the roof; a truck | honk in the street; the ice | crack on the pond; a tree | sway in the wind; the soup | bubble in the pot; the fire | crackle in the oven; the last snow | melt in the garden; a swarm of bees | hum by the window; a cow | moo in the field; a pigeon | coo on the roof; a fly | land on the window;
    a carpet | hang over the fence; the church | stand in the sun; a cat | purr by the fire; a cat | stretch in the sun; a kitten | curl up by the oven; a mouse | peek out of its hole; the bread | bake in the oven; the milk | boil on the stove; a balloon | float over the roofs; the doorbell | chime; the rain | pour all morning; the church bells | clang; a swan | glide over the pond; a cat | doze in the sun; a dog | pant in the heat; a pig | roll in the mud;
    a bird | hatch from its egg; a bird | perch on the fence; a cat | pounce on a leaf; the lights | flicker for a moment; the lights | flash at the station; the wheels of a cart | squeak; an apple | drop from the tree; the wet street | glisten in the sun; a boat | sail down the river; the paint on the door | dry in the sun; the washing | swing in the wind; a snake | slither through the grass; a snake | hiss in the grass; a bear | sleep in the woods; a train | arrive at the station; a train | leave the station; a train | rattle over the bridge; a siren | wail in the town; a caterpillar | munch on a leaf; a parrot | squawk next door;
    a fish | leap out of the water; a candle | burn in the window; a candle | glow in the window; a leaf | spin in the air; a leaf | sink to the ground; a new day | begin; new neighbors | arrive; the days | pass quickly; the air | smell of flowers; the flowers | smell sweet; the kitchen | smell of bread; the street | lie quiet in the sun; the house | look very pretty; the weather | change; a car | vanish around the corner; the fog | disappear; the moon | appear in the sky; the moon | hang over the roofs`,
  ),
];

const BY_FRAME = new Map<VerbFrame, Verb[]>();
for (const verb of VERBS) BY_FRAME.set(verb.frame, [...(BY_FRAME.get(verb.frame) ?? []), verb]);

export function verbsOf(frame: VerbFrame): readonly Verb[] {
  return BY_FRAME.get(frame)!;
}
