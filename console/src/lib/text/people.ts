// Names and addresses as they stand on screen.
import type { Address } from '../api/types';
import { t } from './words.svelte';

/** The name, or the address where there is none. */
export function nameOf(who: { name: string | null; address: string | null } | null): string {
  return who?.name?.trim() || who?.address || t('person.unknown');
}

/** 田中 翔太 <tanaka@…>: the real address is always shown. */
export function fullAddress(who: Address): string {
  return who.name ? `${who.name} <${who.address}>` : who.address;
}

/** One character that stands for a person. */
export function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '?';
}

const TINTS = ['ai', 'take', 'fuji', 'yama', 'mizu'] as const;

/** Always the same tint for the same name. */
export function tint(name: string): (typeof TINTS)[number] {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return TINTS[sum % TINTS.length] ?? 'ai';
}

/** What somebody typed or pasted into a line of recipients; entries that are no address are kept as `wrong`. */
export function parseAddresses(typed: string): { good: Address[]; wrong: string[] } {
  const good: Address[] = [];
  const wrong: string[] = [];
  for (const entry of typed.split(/[,;、，\n]+/)) {
    const text = entry.trim();
    if (text === '') continue;
    const named = /^(.*)<([^<>]+)>$/.exec(text);
    const address = (named?.[2] ?? text).trim();
    const name = named?.[1]?.trim().replace(/^"|"$/g, '') || null;
    if (/^[^\s@<>]+@[^\s@<>]+$/.test(address)) good.push({ name, address });
    else wrong.push(text);
  }
  return { good, wrong };
}

/** Bytes as people say them: 812 B, 34 KB, 1.2 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
