// Where a story happens, with the prepositions that go with it.

export class Place {
  /** @param name with its article: "the park" */
  constructor(
    readonly name: string,
    private readonly preposition: 'in' | 'at' | 'on',
  ) {}

  /** "at the park" */
  get at(): string {
    return `${this.preposition} ${this.name}`;
  }

  /** "to the park" */
  get to(): string {
    return `to ${this.name}`;
  }
}

class Home extends Place {
  override get at(): string {
    return 'at home';
  }
  override get to(): string {
    return 'home';
  }
}

export const HOME: Place = new Home('the house', 'in');

const AT = new Set(
  'park beach playground zoo farm market library lake pond river school pool bakery museum station shop store'.split(
    ' ',
  ),
);
const ON = new Set('hill mountain island bridge street road path'.split(' '));

/** @param noun "park" @param adjective stands before it: "the quiet park" */
export function placeOf(noun: string, adjective?: string): Place {
  const preposition = AT.has(noun) ? 'at' : ON.has(noun) ? 'on' : 'in';
  return new Place(`the ${adjective === undefined ? '' : `${adjective} `}${noun}`, preposition);
}
