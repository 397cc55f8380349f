// Signing in, and whether it can work on this address at all.
import { ApiError } from '../../lib/api/client';
import { session as api } from '../../lib/api/desk';
import { session } from '../../lib/session.svelte';
import { trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';

export class SignIn {
  email = $state('');
  password = $state('');
  busy = $state(false);
  trouble = $state<string | null>(null);

  /** True when we are in; the reason stands in `trouble` otherwise. The password never stays. */
  async submit(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      await api.signIn(this.email.trim(), this.password);
      // Asked again on purpose: only this shows whether the browser kept the cookie.
      await session.take(await api.me());
      return true;
    } catch (cause) {
      const cookieLost = cause instanceof ApiError && cause.status === 401 && cause.slug !== 'wrong-password';
      this.trouble = cookieLost ? t('sign_in.no_cookie') : trouble(cause);
      return false;
    } finally {
      this.busy = false;
      this.password = '';
    }
  }
}

/** Whether the sign-in cookie can live on this address (contract §6.21): `no`, `perhaps` in Safari, `yes`. */
export function cookiesWork(place: { protocol: string; hostname: string }, agent: string): 'yes' | 'perhaps' | 'no' {
  if (place.protocol === 'https:') return 'yes';
  if (!['127.0.0.1', 'localhost'].includes(place.hostname)) return 'no';
  const safari = /Safari\//.test(agent) && !/Chrom(e|ium)\/|Android/.test(agent);
  return safari ? 'perhaps' : 'yes';
}
