// Where a ticket stands in a list. The same order as the server's, so that a row that changed can
// be put in its place without reading the whole list again.
import type { Lane, Priority, Sort, Ticket } from '../../lib/api/types';
import type { LanePath, ShelfPath } from '../../lib/router.svelte';
import { SHELVES } from '../../lib/router.svelte';
import type { Query } from '../../lib/api/client';

export type Place = LanePath | ShelfPath;

export const SORTS: Sort[] = ['due', '-last_message', 'last_message', 'priority'];

const WEIGHT: Record<Priority, number> = { urgent: 0, high: 1, normal: 2, low: 3 };
const LAST = '\uffff';

/** Negative when `a` stands above `b`. */
export function compare(sort: Sort, a: Ticket, b: Ticket): number {
  switch (sort) {
    case 'due':
      return byText(a.due_at ?? LAST, b.due_at ?? LAST) || a.number - b.number;
    case '-last_message':
      return byText(b.last_message_at, a.last_message_at) || b.number - a.number;
    case 'last_message':
      return byText(a.last_message_at, b.last_message_at) || a.number - b.number;
    case '-created':
      return byText(b.created_at, a.created_at) || b.number - a.number;
    case 'priority':
      return WEIGHT[a.priority] - WEIGHT[b.priority] || compare('due', a, b);
  }
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function isShelf(place: Place): place is ShelfPath {
  return (SHELVES as string[]).includes(place);
}

/** Lanes that still want something from somebody. */
const OPEN: Lane[] = ['new', 'todo', 'working', 'in_approval', 'waiting_on_customer', 'waiting_inside'];

/** Whether a ticket belongs into the list of a place; `me` is the reader. */
export function fits(place: Place, ticket: Ticket, me: number): boolean {
  if (place === 'mine') return ticket.assignee?.id === me && OPEN.includes(ticket.lane);
  if (isShelf(place)) return ticket.lane === 'aside' && ticket.shelf === place;
  return ticket.lane === place;
}

/** What the server is asked for the list of a place. */
export function queryOf(place: Place): Query {
  if (place === 'mine') return { assignee: 'me' };
  if (isShelf(place)) return { lane: 'aside', shelf: place };
  return { lane: place };
}

/** A list with `ticket` in its right place, once; dropped when it would stand below what is loaded. */
export function placed(list: Ticket[], ticket: Ticket, sort: Sort, complete: boolean): Ticket[] {
  const rest = list.filter((one) => one.number !== ticket.number);
  const at = rest.findIndex((one) => compare(sort, ticket, one) < 0);
  if (at >= 0) return [...rest.slice(0, at), ticket, ...rest.slice(at)];
  return complete || rest.length === 0 ? [...rest, ticket] : rest;
}
