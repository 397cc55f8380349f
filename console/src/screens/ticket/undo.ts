// Taking a reply back while it waits: its words become the draft again.
import { trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';
import { toasts } from '../../lib/toasts.svelte';
import { composer } from './composer.svelte';
import { screen } from './ticket.svelte';

/** Takes the reply back, or says why it is too late. */
export async function undoReply(outbound: number, ticket: number): Promise<void> {
  try {
    await composer.undo(outbound, ticket);
    toasts.done(t('done.reply_undone'));
  } catch (cause) {
    toasts.wrong(trouble(cause));
  }
  if (screen.number === ticket) await screen.reload();
}
