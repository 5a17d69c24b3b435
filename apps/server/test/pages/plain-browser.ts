import type { LightMyRequestResponse } from 'fastify';
import { SESSION_COOKIE } from '../../src/http/session-cookie.ts';
import { type BootedApp, ORIGIN } from '../harness/boot.ts';

/** A form of a page, with what its fields hold. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly button: string;
}

export interface ShownPage {
  /** Path and query, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly html: string;
  readonly heading: string;
  /** What it says, without markup. */
  readonly text: string;
  /** Addresses that it leads to, without those of its forms. */
  readonly links: readonly string[];
  readonly forms: readonly PageForm[];
  /** The form with a button of these words. @throws Error where there is none */
  form(button: string): PageForm;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decoded = (text: string): string => text.replaceAll(/&(#?\w+);/g, (whole, name: string) => NAMED[name] ?? whole);

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decoded(value);
};

const wordsIn = (html: string): string =>
  decoded(
    html
      .replaceAll(/<style>.*?<\/style>/gs, ' ')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' '),
  ).trim();

function formsIn(html: string): PageForm[] {
  return [...html.matchAll(/<form ([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', content = '']) => ({
    action: attribute(` ${attributes}`, 'action') ?? '',
    fields: Object.fromEntries(
      [...content.matchAll(/<input[^>]*>/g)].map(([tag]) => [
        attribute(tag, 'name') ?? '',
        attribute(tag, 'value') ?? '',
      ]),
    ),
    button: wordsIn(/<button[^>]*>(.*?)<\/button>/s.exec(content)?.[1] ?? ''),
  }));
}

function pageOf(url: string, { statusCode: status, headers, body: html }: LightMyRequestResponse): ShownPage {
  const forms = formsIn(html);
  return {
    url,
    status,
    headers,
    html,
    heading: wordsIn(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? ''),
    text: wordsIn(html),
    links: [...html.matchAll(/<a [^>]*>/g)].flatMap(([tag]) => attribute(tag, 'href') ?? []),
    forms,
    form(button) {
      const found = forms.find((one) => one.button === button);
      if (found === undefined) throw new Error(`No form has the button “${button}”: ${wordsIn(html)}`);
      return found;
    },
  };
}

export interface PlainBrowser {
  /** Whether a session's cookie is held. */
  readonly isSignedIn: boolean;
  /** Opens an address, as from the address bar unless headers say otherwise, and follows where it redirects. */
  open(url: string, headers?: Record<string, string>): Promise<ShownPage>;
  /**
   * Sends a form as a browser does from a page of no-referrer, and follows where it redirects.
   * @throws Error where something is typed for which it has no field
   */
  submit(form: PageForm, typed?: Record<string, string>, headers?: Record<string, string>): Promise<ShownPage>;
}

/** A browser without scripts: it keeps a cookie, fills in forms, and follows redirects. */
export function plainBrowser(server: BootedApp): PlainBrowser {
  let session = '';
  const withCookie = (headers: Record<string, string>): Record<string, string> =>
    session === '' ? headers : { ...headers, cookie: `${SESSION_COOKIE}=${session}` };

  async function follow(url: string, response: LightMyRequestResponse): Promise<ShownPage> {
    const set = response.cookies.find(({ name }) => name === SESSION_COOKIE);
    if (set !== undefined) session = set.value;
    const { location } = response.headers;
    if (response.statusCode !== 303 || location === undefined) return pageOf(url, response);
    return open(location, { 'sec-fetch-site': 'same-origin' });
  }

  const open: PlainBrowser['open'] = async (url, headers = { 'sec-fetch-site': 'none' }) => {
    const path = url.startsWith(`${ORIGIN}/`) ? url.slice(ORIGIN.length) : url;
    return follow(path, await server.call({ method: 'GET', url: path, headers: withCookie(headers) }));
  };

  return {
    get isSignedIn() {
      return session !== '';
    },
    open,
    async submit({ action, fields }, typed = {}, headers = { origin: 'null', 'sec-fetch-site': 'same-origin' }) {
      const unknown = Object.keys(typed).find((name) => !Object.hasOwn(fields, name));
      if (unknown !== undefined) throw new Error(`The form at ${action} has no field “${unknown}”.`);
      const payload = new URLSearchParams({ ...fields, ...typed }).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const request = { url: action, headers: withCookie({ ...type, ...headers }), payload };
      return follow(action, await server.call({ method: 'POST', ...request }));
    },
  };
}
