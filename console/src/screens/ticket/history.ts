// The history of a ticket in words. The server keeps codes and ids; sentences are made here.
import type { HistoryEntry } from '../../lib/api/types';
import { t, tCode, type Blanks } from '../../lib/text/words.svelte';

type People = { id: number; name: string }[];

/** Steps that say nothing to a reader of the history. */
const SILENT = new Set(['mail_kept', 'lane_changed', 'sending', 'reply_checked', 'data_read']);

/** Entries that people want to read, from the beginning on. */
export function readable(entries: HistoryEntry[]): HistoryEntry[] {
  return entries.filter((entry) => !SILENT.has(entry.kind));
}

/** One entry as a sentence; a kind that is new to this console keeps its code, so nothing is hidden. */
export function sentence(entry: HistoryEntry, people: People): string {
  const blanks: Blanks = { actor: entry.actor?.name ?? t('history.desk'), ...named(entry, people) };
  const variant = variantOf(entry);
  return tCode('history', `${entry.kind}.${variant}`, blanks) ?? tCode('history', entry.kind, blanks) ?? entry.kind;
}

function variantOf(entry: HistoryEntry): string {
  if (entry.kind === 'ticket_assigned') {
    const to = idOf(entry.detail['to'] ?? entry.detail['agent'] ?? entry.detail['assignee']);
    if (to === null) return 'none';
    return to === entry.actor?.id ? 'self' : 'other';
  }
  if (entry.kind === 'status_changed') return String(entry.detail['to'] ?? entry.detail['status'] ?? '');
  return '';
}

function named(entry: HistoryEntry, people: People): Blanks {
  const { detail } = entry;
  const to = idOf(detail['to'] ?? detail['agent'] ?? detail['assignee']);
  const priority = tCode('priority', text(detail['to'] ?? detail['priority']));
  return {
    name: people.find((person) => person.id === to)?.name ?? t('history.somebody'),
    number: text(detail['number'] ?? detail['into'] ?? detail['ticket']) ?? '',
    tag: text(detail['tag']) ?? '',
    priority: priority ?? '',
    why: tCode('because', text(detail['because'])) ?? '',
  };
}

function idOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (value && typeof value === 'object' && 'id' in value) return idOf(value.id);
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
