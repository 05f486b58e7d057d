#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Opens connections and holds each in an open transaction until it is stopped. Failed connections
// are retried, so a full server stays full.
//   hold-connections.cjs PORT COUNT APPLICATION_NAME
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const {Client} = require('pg');

const [port, count, name] = process.argv.slice(2);
const site = process.env.HELD_SITE;

async function hold() {
  const client = new Client({
    host: '127.0.0.1', port: Number(port), database: 'default_db', user: 'app',
    password: fs.readFileSync(path.join(site, 'secrets/app'), 'utf8').trim(),
    application_name: name,
    ssl: {ca: fs.readFileSync(path.join(site, 'tls/ca.crt'))},
  });
  const ended = new Promise((done) => client.once('end', done).once('error', done));
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1');
    await ended;
  } catch { /* Refused: there is no room, which is the purpose. */ }
  client.end().catch(() => {});
  setTimeout(hold, 500);
}
for (let n = 0; n < Number(count); n++) hold();
