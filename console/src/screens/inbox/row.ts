// What one row of the list says, for eyes and for ears.
import type { Lane, Ticket } from '../../lib/api/types';
import type { IconName } from '../../parts/icons';
import { nameOf } from '../../lib/text/people';
import { deadline, shortTime, span } from '../../lib/text/dates';
import { t, tCode } from '../../lib/text/words.svelte';
import type { Place } from './order';

export type Tone = 'shu' | 'yama' | 'fuji' | 'mizu' | 'ai' | 'take' | 'hai';

export interface RowTag {
  text: string;
  tone: Tone;
  icon?: IconName;
}

export const LANE_TONE: Record<Lane, Tone> = {
  new: 'shu',
  todo: 'yama',
  working: 'ai',
  in_approval: 'fuji',
  waiting_on_customer: 'mizu',
  waiting_inside: 'hai',
  done: 'take',
  aside: 'hai',
};

/** Tags in the order of their weight: what went wrong, the deadline, the lane, free words. */
export function rowTags(ticket: Ticket, place: Place | 'search', now: number): RowTag[] {
  const tags: RowTag[] = [];
  if (ticket.delivery === 'failed') tags.push({ text: t('delivery.failed'), tone: 'shu', icon: 'warn' });
  if (ticket.delivery === 'unknown') tags.push({ text: t('delivery.unknown'), tone: 'yama', icon: 'warn' });
  const due = ticket.lane === 'done' || ticket.lane === 'aside' ? null : deadline(ticket.due_at, now);
  if (due) tags.push({ text: due.text, tone: due.soon ? 'shu' : 'hai', icon: 'clock' });
  if (ticket.priority === 'urgent') tags.push({ text: t('priority.urgent'), tone: 'shu', icon: 'flag' });
  if (ticket.priority === 'high') tags.push({ text: t('priority.high'), tone: 'yama', icon: 'flag' });
  if (place === 'mine' || place === 'search') tags.push(laneTag(ticket, now));
  else if (place.startsWith('waiting')) tags.push({ text: waited(ticket, now), tone: LANE_TONE[ticket.lane] });
  if (ticket.suggestion)
    tags.push({ text: t('row.suggestion', { number: ticket.suggestion.number }), tone: 'fuji', icon: 'join' });
  if (ticket.kind !== 'human') {
    const kind = tCode('kind', ticket.kind);
    if (kind) tags.push({ text: kind, tone: 'hai' });
  }
  return [...tags, ...ticket.tags.map((text): RowTag => ({ text, tone: 'hai' }))];
}

/** The whole row as one sentence: 田中 翔太、件名、期限まで38分、担当 鈴木. */
export function rowLabel(ticket: Ticket, tags: RowTag[], now: number, zone: string): string {
  const owner = ticket.assignee ? t('row.owner', { name: ticket.assignee.name }) : t('row.no_owner');
  const time = shortTime(ticket.last_message_at, now, zone);
  const parts = [nameOf(ticket.contact), subjectOf(ticket.subject), ...tags.map((tag) => tag.text), owner, time];
  return parts.join(t('text.comma'));
}

/** The subject, or words that say there is none. */
export function subjectOf(subject: string | null): string {
  return subject?.trim() ? subject : t('ticket.no_subject');
}

function laneTag(ticket: Ticket, now: number): RowTag {
  const waits = ticket.lane === 'waiting_on_customer' || ticket.lane === 'waiting_inside';
  return { text: waits ? waited(ticket, now) : t(`lane.${ticket.lane}`), tone: LANE_TONE[ticket.lane] };
}

function waited(ticket: Ticket, now: number): string {
  return t('row.waited', { lane: t(`lane.${ticket.lane}`), time: span(now - Date.parse(ticket.last_message_at)) });
}
