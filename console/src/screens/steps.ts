// Ways from one screen to the next that several screens share.
import { router } from '../lib/router.svelte';
import { search } from './search/search.svelte';
import { inbox } from './inbox/inbox.svelte';

let soon: ReturnType<typeof setTimeout> | undefined;

/** Opens a ticket once the keys rest for a moment, so that a held J does not load every ticket on its way. */
export function openSoon(number: number): void {
  clearTimeout(soon);
  soon = setTimeout(() => router.go(`/tickets/${number}`, true), 90);
}

/** From a ticket to its list, from a search or the settings to the inbox; false when there is nothing behind. */
export function goBack(): boolean {
  clearTimeout(soon);
  if (router.route.screen === 'inbox') return false;
  const toSearch = search.shown && router.route.screen === 'ticket';
  router.go(toSearch ? `/search?q=${encodeURIComponent(search.q)}` : `/inbox/${inbox.place}`);
  return true;
}
