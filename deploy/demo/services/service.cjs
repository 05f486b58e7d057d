// SPDX-License-Identifier: Apache-2.0
// One of the demo's seven services; PM2 starts it seven times with another SERVICE. Each has its
// own node-postgres pool with the first user's settings and does small, regular work on the real
// tables. It survives an outage of its database: a failed task is logged once and retried.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const {Pool} = require('pg');

const {SERVICE: service, SITE_DIR: site, POSTGRES_PORT: port, PORT_API: apiPort,
       POSTGRES_DATABASE: database = 'default_db', THROUGH_POOLER: throughPooler} = process.env;

// Set by an injected fault to "PORT DATABASE": simulates a module with another client hard-coded that
// ignores its environment.
const elsewhere = path.join(site, 'injected', 'database');
function readPlace() {
  try {
    return fs.readFileSync(elsewhere, 'utf8').trim();
  } catch {
    return `${port} ${database}`;
  }
}

const makePool = (where) => new Pool({
  host: '127.0.0.1',
  port: Number(where.split(' ')[0]),
  database: where.split(' ')[1],
  user: 'app',
  password: () => fs.readFileSync(path.join(site, 'secrets/app'), 'utf8').trim(),
  application_name: service,
  max: 3,
  idleTimeoutMillis: 600_000,
  connectionTimeoutMillis: 10_000,
  query_timeout: 30_000,
  keepAlive: true,
  // PgBouncer rejects statement_timeout as a startup parameter.
  ...(throughPooler ? {} : {statement_timeout: 30_000}),
  // The certificate is verified, name and all: `localhost` is what pg checks for an address.
  ssl: {ca: fs.readFileSync(path.join(site, 'tls/ca.crt')), rejectUnauthorized: true},
});

let pool, place;
function openPool() {
  const wanted = readPlace();
  if (wanted === place) return;
  if (pool) pool.end().catch(() => {});
  place = wanted;
  pool = makePool(place);
  pool.on('error', () => {});  // A lost idle connection: the pool opens another one.
}
openPool();

const bookings = () => pool.query('SELECT count(*) FROM bookings WHERE starts_at > now()');

// A backup of all session keys, written beside its place and then renamed, so that no reader sees half a
// file; an empty one never replaces good ones. The last ten are kept.
const backups = path.join(site, 'backups');
async function backUp() {
  if (fs.existsSync(path.join(site, 'injected', 'no-backups'))) return;
  const {rows} = await pool.query('SELECT company_id, key_type, key_id, value FROM whatsapp_keys');
  if (!rows.length) throw Object.assign(new Error('empty'), {code: 'nothing to back up'});
  fs.mkdirSync(backups, {recursive: true, mode: 0o700});
  const file = path.join(backups, `sessions-${new Date().toISOString().replace(/[:.]/g, '')}.json`);
  fs.writeFileSync(`${file}.tmp`, JSON.stringify(rows), {mode: 0o600});
  fs.renameSync(`${file}.tmp`, file);
  const old = fs.readdirSync(backups).filter((name) => name.endsWith('.json')).sort().slice(0, -10);
  for (const name of old) fs.unlinkSync(path.join(backups, name));
}

// The task of each service: [interval in milliseconds, function].
const work = {
  'ai-admin-api': [1000, bookings],
  'ai-admin-worker-v2': [1500, async () => {
    await pool.query(`INSERT INTO messages (sender, body) VALUES ($1, 'a reminder')`, [service]);
    await pool.query(`DELETE FROM messages WHERE created_at < now() - interval '1 hour'`);
  }],
  // Refreshes the least recently used live key. Never adds, removes or revives one.
  'baileys-whatsapp-service': [1000, () => pool.query(`
    UPDATE whatsapp_keys SET updated_at = now(),
           expires_at = now() + CASE
             WHEN key_type IN ('pre-key', 'session', 'lid-mapping')
             THEN interval '3 days' + random() * interval '4 days'
             ELSE interval '7 days' + random() * interval '7 days' END
    WHERE (company_id, key_type, key_id) = (
      SELECT company_id, key_type, key_id FROM whatsapp_keys
      WHERE expires_at > now() ORDER BY updated_at LIMIT 1)`)],
  'whatsapp-backup-service': [10_000, backUp],
  'ai-admin-batch-processor': [2000, () => pool.query(`
    UPDATE messages SET state = 'sent' WHERE id IN
      (SELECT id FROM messages WHERE state = 'queued' ORDER BY id LIMIT 20)`)],
  'ai-admin-booking-monitor': [2000, () => pool.query(`
    UPDATE bookings SET updated_at = now() WHERE id =
      (SELECT id FROM bookings ORDER BY updated_at LIMIT 1)`)],
  'ai-admin-telegram-bot': [3000, bookings],
};

let failing = false;
async function runOnce(task) {
  try {
    openPool();
    await task();
    if (failing) console.log('the database answers again');
    failing = false;
  } catch (error) {
    if (!failing) console.error('the database does not answer:', error.code || 'no code');
    failing = true;
  }
}
const [every, task] = work[service];
(async () => {
  for (;;) {
    await runOnce(task);
    await new Promise((next) => setTimeout(next, every));
  }
})();

// An injected crash loop: slow enough that PM2 reports the process as online all the time.
const crash = path.join(site, 'injected', `crash.${service}`);
setInterval(() => fs.existsSync(crash) && process.uptime() > 2 && process.exit(1), 250);

// The state of the pool as JSON.
if (service === 'ai-admin-api') {
  http.createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({pool: {total: pool.totalCount, idle: pool.idleCount,
                                        waiting: pool.waitingCount, max: 3}}));
  }).listen(Number(apiPort), '127.0.0.1');
}
