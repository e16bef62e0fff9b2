// All schemas.
import { afraidOfTheDark } from './afraidOfTheDark';
import { baking } from './baking';
import { brokenToy } from './brokenToy';
import { building } from './building';
import { contest } from './contest';
import { foundThing } from './foundThing';
import { garden } from './garden';
import { gettingLost } from './gettingLost';
import { greedy } from './greedy';
import { helpingNeighbor } from './helpingNeighbor';
import { highSlide } from './highSlide';
import { hurtBird } from './hurtBird';
import { kite } from './kite';
import { libraryBook } from './libraryBook';
import { lieAndTruth } from './lieAndTruth';
import { lostAnimal } from './lostAnimal';
import { lostToy } from './lostToy';
import { magicWish } from './magicWish';
import { messyRoom } from './messyRoom';
import { newFriend } from './newFriend';
import { newSkill } from './newSkill';
import { noiseInTheNight } from './noiseInTheNight';
import { oneSwing } from './oneSwing';
import { picnic } from './picnic';
import { rainyDay } from './rainyDay';
import { sandcastle } from './sandcastle';
import { sharing } from './sharing';
import { sickFriend } from './sickFriend';
import { snowDay } from './snowDay';
import { stageFright } from './stageFright';
import { stuckInTree } from './stuckInTree';
import { surpriseParty } from './surpriseParty';
import { trade } from './trade';
import { treasureMap } from './treasureMap';
import { wantsPet } from './wantsPet';
import { zooTrip } from './zooTrip';
import type { Schema } from './schema';

export const SCHEMAS: readonly Schema[] = [
  afraidOfTheDark,
  baking,
  brokenToy,
  building,
  contest,
  foundThing,
  garden,
  gettingLost,
  greedy,
  helpingNeighbor,
  highSlide,
  hurtBird,
  kite,
  libraryBook,
  lieAndTruth,
  lostAnimal,
  lostToy,
  magicWish,
  messyRoom,
  newFriend,
  newSkill,
  noiseInTheNight,
  oneSwing,
  picnic,
  rainyDay,
  sandcastle,
  sharing,
  sickFriend,
  snowDay,
  stageFright,
  stuckInTree,
  surpriseParty,
  trade,
  treasureMap,
  wantsPet,
  zooTrip,
];
