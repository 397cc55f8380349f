// What went wrong, in a sentence that says what to do.
import { ApiError } from '../api/client';
import { t, tCode } from './words.svelte';

/** The sentence for any failure; never a stack, never a code alone. */
export function trouble(cause: unknown): string {
  if (!(cause instanceof ApiError)) return t('problem.in-this-page');
  const blanks = { ...cause.problem.params, ...(cause.retryAfter ? { seconds: cause.retryAfter } : {}) };
  const known = tCode('problem', cause.slug, blanks);
  return known ?? (cause.status >= 500 ? t('problem.server-trouble') : t('problem.not-understood'));
}

/** Sentences for single fields of a form, by the field's name. */
export function fieldTroubles(cause: unknown): Record<string, string> {
  if (!(cause instanceof ApiError)) return {};
  const errors = cause.problem.errors ?? [];
  return Object.fromEntries(errors.map(({ field, code }) => [field, tCode('field', code) ?? t('field.invalid')]));
}

/** True for a refusal of this kind: `is(cause, 'draft-changed')`. */
export function is(cause: unknown, slug: string): cause is ApiError {
  return cause instanceof ApiError && cause.slug === slug;
}
