// The one clock of the page. Screens read `clock.now`; nothing else asks the machine for the time.
class Clock {
  /** Milliseconds since 1970; moves every 15 s, and every second while somebody counts down. */
  now = $state(Date.now());
  #counting = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Starts ticking; returns the stop. */
  start(): () => void {
    this.#wind();
    return () => clearInterval(this.#timer);
  }

  /** Ticks by the second until the returned function is called; for countdowns on screen. */
  bySeconds(): () => void {
    this.#counting += 1;
    if (this.#counting === 1) this.#wind();
    return () => {
      this.#counting -= 1;
      if (this.#counting === 0) this.#wind();
    };
  }

  #wind(): void {
    clearInterval(this.#timer);
    this.now = Date.now();
    this.#timer = setInterval(() => (this.now = Date.now()), this.#counting > 0 ? 1000 : 15_000);
  }
}

export const clock = new Clock();
