import { expect, it } from 'vitest';
import { routeOf } from './router.svelte';

const at = (path: string): ReturnType<typeof routeOf> => routeOf(new URL(path, 'http://desk'));

it('reads every kind of address', () => {
  expect(at('/')).toEqual({ screen: 'inbox', lane: 'mine' });
  expect(at('/inbox/waiting_on_customer')).toEqual({ screen: 'inbox', lane: 'waiting_on_customer' });
  expect(at('/tickets/20418')).toEqual({ screen: 'ticket', number: 20418 });
  expect(at('/search?q=%E8%BF%94%E5%93%81')).toEqual({ screen: 'search', q: '返品' });
  expect(at('/settings/mailboxes/3')).toEqual({ screen: 'settings', page: 'mailboxes', id: '3' });
  expect(at('/setup#abc')).toEqual({ screen: 'setup', secret: 'abc' });
});

it('does not take what it does not know for a ticket or a lane', () => {
  expect(at('/tickets/abc')).toEqual({ screen: 'lost' });
  expect(at('/inbox/nowhere')).toEqual({ screen: 'inbox', lane: 'mine' });
  expect(at('/other')).toEqual({ screen: 'lost' });
});
