/** Keeps the last few things that were used, by number. */
export class Shelf<T> {
  #things = new Map<number, T>();

  constructor(private readonly room: number) {}

  get(number: number): T | undefined {
    const thing = this.#things.get(number);
    if (thing !== undefined) this.put(number, thing);
    return thing;
  }

  put(number: number, thing: T): void {
    this.#things.delete(number);
    this.#things.set(number, thing);
    const oldest = this.#things.keys().next().value;
    if (this.#things.size > this.room && oldest !== undefined) this.#things.delete(oldest);
  }

  drop(number: number): void {
    this.#things.delete(number);
  }
}
