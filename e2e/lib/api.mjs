// The desk's HTTP API as another program would use it.

/** An answer that was not wanted; `problem` is the body the desk sent. */
export class ApiError extends Error {
  constructor(method, path, status, problem) {
    super(`${method} ${path} → ${status} ${JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Somebody who is signed in. */
export class Api {
  #cookie = '';
  #csrf = '';

  constructor(url) {
    this.url = url;
  }

  /** Makes the desk and its first administrator with the secret of the printed link. */
  static async setUp(henji, { desk, administrator }) {
    const api = new Api(henji.url);
    const secret = new URL(await henji.setupLink()).hash.slice(1);
    await api.#enter('/setup', { secret, desk, administrator });
    return api;
  }

  /** Signs somebody in who is already there. */
  static async signIn(henji, { email, password }) {
    const api = new Api(henji.url);
    await api.#enter('/session', { email, password });
    return api;
  }

  get = (path) => this.#json('GET', path);
  post = (path, body, headers) => this.#json('POST', path, body, headers);
  patch = (path, body) => this.#json('PATCH', path, body);
  put = (path, body) => this.#json('PUT', path, body);
  delete = (path) => this.#json('DELETE', path);

  /** The bytes behind a path. */
  async bytes(path) {
    const answer = await this.#ask('GET', path);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Every item of a list, page by page. */
  async all(path) {
    const items = [];
    let after = null;
    do {
      const page = new URL(`/api/v1${path}`, this.url);
      page.searchParams.set('limit', '100');
      if (after) page.searchParams.set('after', after);
      const { items: more, next } = await this.get(page.pathname.slice('/api/v1'.length) + page.search);
      items.push(...more);
      after = next;
    } while (after);
    return items;
  }

  async #enter(path, body) {
    const answer = await this.#ask('POST', path, body);
    this.#cookie = answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    this.me = await answer.json();
    this.#csrf = this.me.csrf;
  }

  async #json(method, path, body, headers) {
    const answer = await this.#ask(method, path, body, headers);
    return answer.status === 204 ? null : answer.json();
  }

  async #ask(method, path, body, extra = {}) {
    const headers = { cookie: this.#cookie, 'henji-csrf': this.#csrf, origin: this.url, ...extra };
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new ApiError(method, path, answer.status, await answer.json().catch(() => null));
    return answer;
  }
}
