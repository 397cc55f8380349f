// A fault story: the desk is killed without warning, again and again, and nothing may be lost or doubled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance, SEED } from './chance.mjs';
import { DATABASES } from './database.mjs';
import { Api } from './api.mjs';
import { ADMINISTRATOR, setUp } from './desk.mjs';
import { Henji } from './henji.mjs';
import { letPass } from './wait.mjs';

/** How often each story is told on each database: 3 in `make test`, more in `make faults`. */
export const ROUNDS = Number(process.env.HENJI_FAULT_ROUNDS ?? 3);
const EARLIEST_MS = 10;
const LATEST_MS = 350;
/** The desk must be of use again within this time. */
const READY_MS = 5_000;
const LONGEST_ROUND_MS = 180_000;

/**
 * Tells `play({ henji, api, chance, round, killAndReturn })` ROUNDS times on one desk of each
 * database; `prepare` makes its mailboxes once, `judge` looks at everything at the end.
 */
export function faultStory(name, { prepare, play, judge }) {
  for (const database of DATABASES) {
    const title = `${name}: nothing lost, nothing doubled in ${ROUNDS} kills (${database})`;
    test(title, { timeout: ROUNDS * LONGEST_ROUND_MS }, async (t) => {
      t.diagnostic(`HENJI_FAULT_SEED=${SEED}`);
      const henji = await Henji.start({ database });
      try {
        const scene = new Scene(t, henji, await setUp(henji), new Chance(`${name} ${database}`));
        await prepare(scene);
        for (scene.round = 1; scene.round <= ROUNDS; scene.round += 1) await play(scene);
        await judge(scene);
        await henji.stop();
      } catch (error) {
        console.error(`HENJI_FAULT_SEED=${SEED}; the last words of henji:\n${henji.lastWords()}`);
        throw error;
      } finally {
        await henji.kill().catch(() => {});
      }
    });
  }
}

class Scene {
  round = 0;

  constructor(t, henji, api, chance) {
    Object.assign(this, { t, henji, api, chance });
  }

  /** Lets a random moment pass; gives its length in milliseconds. */
  async randomMoment(latest = LATEST_MS) {
    const ms = this.chance.between(EARLIEST_MS, latest);
    await letPass(ms);
    return ms;
  }

  /** Waits for a random moment and kills the desk. */
  async kill() {
    const ms = await this.randomMoment();
    await this.henji.kill();
    return ms;
  }

  /** Starts the desk again and signs in. */
  async return() {
    await this.henji.begin();
    assert.ok(
      this.henji.readyAfter <= READY_MS,
      `ready again after ${Math.round(this.henji.readyAfter)} ms, ${READY_MS} at most`,
    );
    this.api = await Api.signIn(this.henji, ADMINISTRATOR);
  }

  /** A line of the report. */
  tell(line) {
    this.t.diagnostic(`round ${this.round}: ${line}`);
  }
}
