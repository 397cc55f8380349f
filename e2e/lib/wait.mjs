// Waiting for what others do. Never a fixed sleep: look again until it is so, or say what was missing.
import { setTimeout as pause } from 'node:timers/promises';

const GLANCE_MS = 50;

/**
 * Calls `look` until it gives something truthy and returns that. `what` finishes the sentence
 * "waited in vain for …". An error in `look` counts as "not yet"; the last one is told.
 */
export async function eventually(what, look, { within = 20_000 } = {}) {
  const end = performance.now() + within;
  let last;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${within} ms in vain for ${what}`, { cause: last });
    await pause(GLANCE_MS);
  }
}

/** Lets `ms` pass: only for moments that are chosen by chance, never to wait for something. */
export const letPass = (ms) => pause(ms);
