// Chance that can be played again: the seed is printed, HENJI_FAULT_SEED brings it back.

/** The seed of this run. */
export const SEED = Number(process.env.HENJI_FAULT_SEED ?? Date.now() % 1_000_000_000);

/** Numbers that look random and are the same for the same seed and name. */
export class Chance {
  #state;

  constructor(name, seed = SEED) {
    this.#state = [...name].reduce(
      (hash, character) => Math.imul(hash ^ character.codePointAt(0), 0x01000193),
      seed >>> 0,
    );
  }

  /** A whole number from `low` to `high`. */
  between(low, high) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) % (high - low + 1));
  }
}
