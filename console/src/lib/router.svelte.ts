// Which screen the address in the browser names. Plain history entries, no library.

export type LanePath =
  'mine' | 'new' | 'todo' | 'working' | 'in_approval' | 'waiting_on_customer' | 'waiting_inside' | 'done';
export type ShelfPath = 'spam' | 'virus' | 'bounce' | 'automatic';

export const LANES: LanePath[] = [
  'mine',
  'new',
  'todo',
  'working',
  'in_approval',
  'waiting_on_customer',
  'waiting_inside',
  'done',
];
export const SHELVES: ShelfPath[] = ['spam', 'virus', 'bounce', 'automatic'];

export type Route =
  | { screen: 'inbox'; lane: LanePath | ShelfPath }
  | { screen: 'ticket'; number: number }
  | { screen: 'search'; q: string }
  | { screen: 'settings'; page: string; id: string | null }
  | { screen: 'setup'; secret: string }
  | { screen: 'sign-in' }
  | { screen: 'lost' };

/** Reads a path like /inbox/new, /tickets/20418, /search?q=…, /settings/mailboxes/3, /setup#secret. */
export function routeOf(url: URL): Route {
  const [first = '', second = '', third = ''] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (first === '') return { screen: 'inbox', lane: 'mine' };
  if (first === 'inbox') return inbox(second);
  if (first === 'tickets' && /^\d{1,15}$/.test(second)) return { screen: 'ticket', number: Number(second) };
  if (first === 'search') return { screen: 'search', q: url.searchParams.get('q') ?? '' };
  if (first === 'settings') return { screen: 'settings', page: second || 'profile', id: third || null };
  if (first === 'setup') return { screen: 'setup', secret: decodeURIComponent(url.hash.slice(1)) };
  if (first === 'sign-in') return { screen: 'sign-in' };
  return { screen: 'lost' };
}

function inbox(name: string): Route {
  const lane = [...LANES, ...SHELVES].find((one) => one === name);
  return lane ? { screen: 'inbox', lane } : { screen: 'inbox', lane: 'mine' };
}

class Router {
  route = $state.raw<Route>({ screen: 'inbox', lane: 'mine' });

  /** Follows the browser's address from now on; returns the stop. */
  start(): () => void {
    const read = (): void => void (this.route = routeOf(new URL(location.href)));
    read();
    addEventListener('popstate', read);
    document.addEventListener('click', this.#click);
    return () => {
      removeEventListener('popstate', read);
      document.removeEventListener('click', this.#click);
    };
  }

  /** Goes to a path of the console; `replace` leaves no step behind in the history. */
  go(path: string, replace = false): void {
    if (replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.route = routeOf(new URL(location.href));
  }

  /** Links of the console change the screen without loading the page; everything else is the browser's. */
  #click = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  };
}

export const router = new Router();
