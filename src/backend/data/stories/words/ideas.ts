// Nouns that name no thing (an idea, a birthday, a race), each with the sentence that brings it into a story.
import { pluralOf } from '../language/inflection';
import type { Noun } from './noun';

/** noun (~ marks mass nouns): sentence; $Name, $he and $his are the hero, $mom the parent. */
const TABLE = `
idea: $Name had a new idea almost every day
secret: $Name had a secret that only $mom knew
dream: That night, $Name had had a dream about a flying horse
wish: $Name had a wish, but $he did not tell it to anyone
surprise: $Name liked nothing more than a surprise
party: $Name hoped that there would be a party soon
birthday: It was almost $his birthday
race: The week before, $he had won a race at school
song: $Name knew a song about the moon
story: Every night, $mom read $him a story
joke: $mom told $him a joke at breakfast
game: $Name had made up a game with three rules
trip: $Name wanted to go on a long trip one day
adventure: $Name was always ready for an adventure
picnic: On Sundays, the family had a picnic
gift: $mom kept a gift for $him in the closet
present: $Name had made a present for $mom
promise: $Name had made a promise to be good that day
question: $Name had a question about everything
answer: When $he asked something, $mom always had an answer
word: That morning, $he learned a new word
name: Everyone in the street knew $his name
number: $Name could count to a very big number
color: $Name could say the name of every color
shape: $Name could draw every shape
smell: A good smell came from the kitchen
sound: From the street came a funny sound
noise: $Name heard a noise in the street and looked out
rule: There was one rule at home, and that was to be kind
mistake: When $he made a mistake, $mom did not get angry
trick: $Name could do a trick with a spoon
treat: After lunch, there was always a treat
holiday: It was a holiday, and nobody had to work
weekend: It was the weekend, and there was no school
summer~: It was summer, and the days were long
winter~: It was winter, and the nights were long
spring~: It was spring, and the trees were green again
autumn~: It was autumn, and the leaves were falling
breakfast~: After breakfast, $he helped to clear the table
lunch~: $Name ate all of $his lunch that day
dinner~: The day before, $he had helped to make dinner
family: $Name had a family that loved $him very much
team: At school, $he was on a good team
class: $Name was the smallest in $his class
lesson: In the morning, $he had a music lesson
job: $Name had one job, and that was to set the table
visit: $mom had planned a visit to Grandma
hug: $mom gave $him a hug every morning
kiss: $mom gave $him a kiss every morning
smile: $Name had a big smile
tear: There had not been one tear that day
laugh: $Name had a laugh that made everyone happy
nap: After a short nap, $he was wide awake
bath: After a warm bath, $he felt fresh and clean
walk: Every day, $he took a walk with $mom
dance: $Name had learned a dance at school
show: $Name and $mom had seen a show about the sea
movie: The day before, they had watched a movie about a bear
music~: There was always music in the house
magic~: $Name believed in magic
fun~: Every day with $him was fun
luck~: $Name had good luck that week
news~: There was good news that morning
rain~: All week there had been rain
snow~: High on the hills there was still some snow
wind~: A soft wind came through the window
sunshine~: The room was full of sunshine
thunder~: In the night, there had been thunder
fog~: In the morning there had been fog, but now it was gone
sand~: There was still some sand in $his shoes from the day before
mud~: There was mud on $his shoes
grass~: The grass in front of the house was green
ice~: There was a glass of water with ice on the table
smoke~: Smoke came out of the chimney of the house next door
fire: In the evening, the family sat around a fire
hole: There was a hole in the fence behind the house
line: $Name drew a line on the street with chalk
circle: $Name drew a circle on a piece of paper
square: $Name cut a square out of paper
heart: $Name drew a red heart for $mom
treasure: $Name dreamed of finding a treasure
prize: $Name had once won a prize for a drawing
moon: The night before, the moon had been round and bright
sun: The sun was high in the sky
sky: The sky was blue
sea: The house was not far from the sea
world: $Name wanted to see the whole world
morning: Every morning, $he looked out of the window
night: The night before, $he had slept very well
month: It was the best month of the year
year: That year, $he had grown a lot
hour: It was still an hour until lunch
minute: $Name could not sit still for a minute
friend: $Name wanted to be a good friend to everyone
brother: $Name wished for a little brother
sister: $Name wished for a little sister
group: A group of children went by
parade: There had been a parade in the town
festival: There had been a festival in the town
contest: There had been a contest at school
recipe: $mom had a recipe for everything
sneeze: $Name gave a big sneeze and laughed
shout: There was a happy shout in the street
mess: In the corner of $his room, there was a mess
dinosaur: $Name had a book about a dinosaur
dragon: $Name had once dreamed of a dragon
unicorn: On $his wall, there was a picture of a unicorn
corner: $Name had a corner for all $his toys
door: The door of the house was green
window: $Name liked to sit at the window
roof: The house had a red roof
ocean: $Name had never seen the ocean
chance: $Name liked to give everyone a chance
plan: $Name always had a plan
`;

export const IDEAS: readonly Noun[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [head, sentence] = line.split(': ') as [string, string];
    const mass = head.endsWith('~');
    const base = mass ? head.slice(0, -1) : head;
    return {
      base,
      plural: mass ? base : pluralOf(base),
      kind: 'idea',
      number: mass ? 'mass' : 'singular',
      sentence,
    };
  });
