// What a draft is made of, compared and judged without a screen.
import type { DraftBody, Problem } from '../../lib/api/types';
import { t } from '../../lib/text/words.svelte';

/** Nothing written yet. */
export const EMPTY: DraftBody = {
  text: '',
  html: null,
  quote: null,
  to: [],
  cc: [],
  bcc: [],
  attachments: [],
  based_on: null,
  send_at: null,
  then: 'waiting_on_customer',
};

/** The line (from 1) that a refusal is about. */
export function lineOf(problem: Problem): number | null {
  return problem.errors?.find((error) => error.line)?.line ?? null;
}

/** What of a draft its writer may change, and nothing else. */
export function bodyOf(body: DraftBody): DraftBody {
  const { text, html, quote, to, cc, bcc, attachments, based_on, send_at, then } = body;
  return { text, html, quote, to, cc, bcc, attachments, based_on, send_at, then };
}

/** Nobody would miss a difference in white space at the end, or the way a server writes an address. */
export function sameWords(a: DraftBody, b: DraftBody): boolean {
  const plain = (body: DraftBody): string =>
    JSON.stringify([
      body.text.trimEnd(),
      [body.to, body.cc, body.bcc].map((list) => list.map((one) => one.address)),
      body.attachments.map((file) => file.id),
      [body.quote?.where, body.quote?.cut],
      body.then,
      body.send_at,
    ]);
  return plain(a) === plain(b);
}

/** Why a reply cannot be sent yet, in words; null when it can. */
export function notReady(body: DraftBody, uploading: number): string | null {
  if (uploading > 0) return t('composer.still_uploading');
  if (body.to.length + body.cc.length + body.bcc.length === 0) return t('composer.nobody');
  if (body.text.trim() === '') return t('problem.nothing-to-send');
  return null;
}
