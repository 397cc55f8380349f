// The ways to look at a message, and which comes next.
import type { Message } from '../../lib/api/types';

export type View = 'text' | 'html' | 'headers' | 'raw';

/** What there is to see of a message; an unreadable one is only its original. */
export function viewsOf(message: Message): View[] {
  if (message.direction === 'note' || message.channel === 'form') return ['text'];
  return message.has_html ? ['text', 'html', 'headers', 'raw'] : ['text', 'headers', 'raw'];
}

/** Text first; HTML only where there is no text to read. */
export function firstView(message: Message): View {
  return message.has_html && message.text.trim() === '' ? 'html' : 'text';
}

/** The view after this one, round and round. */
export function nextView(message: Message, now: View): View {
  const views = viewsOf(message);
  return views[(views.indexOf(now) + 1) % views.length] ?? 'text';
}
