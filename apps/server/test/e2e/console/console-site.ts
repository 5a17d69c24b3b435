import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrateToLatest } from '@promptory/db/migrate';
import { connectForTest, startEphemeralCluster, withClient } from '@promptory/db/testing';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';
import { ROOT, runServer } from '../harness/run-server.ts';

/** Where the build puts the console. */
export const BUILT = join(ROOT, 'apps/console/dist');

/** What hangs is ended by it; a busy machine is slow. */
const TIMEOUT_MS = 60_000;

/** What somebody signs in with. */
export interface Account {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/** The console as it is built, at a real server, in a real browser. */
export interface ConsoleSite {
  readonly url: string;
  readonly browser: Browser;
  /** What went wrong in any page so far: an error, a script that should not run, something that the policy has refused. */
  readonly faults: string[];
  /** A window of its own, nobody signed in. */
  openWindow(options?: BrowserContextOptions): Promise<{ context: BrowserContext; page: Page }>;
  /** As if somebody had opened the link that was mailed to them. */
  confirmAddress(email: string): Promise<void>;
  /** As if an invitation had been to another address: where addresses need no confirming, nobody here is invited to anything. */
  readdressInvitation(from: string, to: string): Promise<void>;
  /** As if the second factor of an account had been shown long ago. */
  forgetFactor(email: string): Promise<void>;
  /** As whoever runs the server makes an administrator. */
  promote(email: string): Promise<void>;
  /** A job of this task, tried as often as it may be. */
  giveUpJob(task: string, lastError: string): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error where there is no console to be tried */
export async function openConsoleSite(): Promise<ConsoleSite> {
  if (!existsSync(join(BUILT, 'console.json'))) throw new Error('The console is not built: run `pnpm build` first.');
  const [cluster, browser] = await Promise.all([startEphemeralCluster(), launchChromium()]);
  await migrateToLatest(cluster);
  const server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'a secret for the tests of the console only',
  });
  const faults: string[] = [];
  const change = async (act: (db: ReturnType<typeof connectForTest>['db']) => Promise<unknown>): Promise<void> => {
    const { db, close } = connectForTest(cluster.connectionString, 1);
    await act(db);
    await close();
  };
  return {
    // Browsers take `Secure` cookies over http from localhost by its name.
    url: server.url.replace('127.0.0.1', 'localhost'),
    browser,
    faults,
    async openWindow(options = {}) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(TIMEOUT_MS);
      await watch(context, faults);
      return { context, page: await context.newPage() };
    },
    confirmAddress: (email) =>
      change((db) =>
        db.updateTable('users').set({ email_verified_at: new Date() }).where('email', '=', email).execute(),
      ),
    readdressInvitation: (from, to) =>
      change((db) => db.updateTable('group_invitations').set({ email: to }).where('email', '=', from).execute()),
    forgetFactor: (email) =>
      change((db) =>
        db
          .updateTable('sessions')
          .set({ second_factor_at: null })
          .where('user_id', 'in', (users) => users.selectFrom('users').select('id').where('email', '=', email))
          .execute(),
      ),
    promote: (email) =>
      change((db) => db.updateTable('users').set({ role: 'admin' }).where('email', '=', email).execute()),
    giveUpJob: (task, lastError) =>
      withClient(cluster.connectionString, async (client) => {
        const { rows } = await client.query(
          `SELECT id FROM graphile_worker.add_job($1, run_at => now() + interval '1 day', max_attempts => 2)`,
          [task],
        );
        await client.query('UPDATE graphile_worker._private_jobs SET attempts = 2, last_error = $2 WHERE id = $1', [
          rows[0]?.id,
          lastError,
        ]);
      }),
    async close() {
      await browser.close();
      await server.stop();
      await cluster.stop();
    },
  };
}

async function watch(context: BrowserContext, faults: string[]): Promise<void> {
  const note = (what: string) => void faults.push(what);
  // What hostile strings call, were they run.
  await context.exposeFunction('ran', () => note('a script ran'));
  await context.exposeFunction('refused', note);
  await context.addInitScript(() => {
    type Refused = Readonly<Record<'violatedDirective' | 'blockedURI' | 'sourceFile' | 'documentURI', string>> & {
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    const page = globalThis as unknown as {
      addEventListener(name: string, listener: (event: Refused) => void): void;
      refused(what: string): void;
    };
    page.addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber, documentURI } = event;
      const place = `${sourceFile}:${lineNumber}:${columnNumber}, at ${documentURI}`;
      page.refused(`refused ${violatedDirective}: ${blockedURI} by ${place}`);
    });
  });
  context.on('weberror', (error) => note(error.error().message));
  context.on('dialog', (dialog) => {
    note(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}
