// SPDX-License-Identifier: Apache-2.0
// The seven services for PM2: five connect to the database directly, two through PgBouncer.
'use strict';
const path = require('node:path');
const {SITE_DIR, TOOLS, PORT_POSTGRES, PORT_PGBOUNCER, PORT_API, POSTGRES_DATABASE} = process.env;

// The pooler serves the usual database only, not the one of a rollback drill.
const throughPooler =
    POSTGRES_DATABASE ? [] : ['ai-admin-batch-processor', 'ai-admin-booking-monitor'];
const names = [
  'ai-admin-api', 'ai-admin-worker-v2', 'baileys-whatsapp-service', 'whatsapp-backup-service',
  'ai-admin-batch-processor', 'ai-admin-booking-monitor', 'ai-admin-telegram-bot',
];

module.exports = {
  apps: names.map((name) => ({
    name,
    script: path.join(__dirname, 'service.cjs'),
    cwd: SITE_DIR,
    interpreter: process.execPath,
    kill_timeout: 2000,
    env: {
      SERVICE: name,
      SITE_DIR,
      NODE_PATH: path.join(TOOLS, 'node_modules'),
      POSTGRES_HOST: 'localhost',
      POSTGRES_PORT: throughPooler.includes(name) ? PORT_PGBOUNCER : PORT_POSTGRES,
      POSTGRES_DATABASE: POSTGRES_DATABASE || 'default_db',
      USE_LEGACY_SUPABASE: 'false',
      THROUGH_POOLER: throughPooler.includes(name) ? '1' : '',
      ...(name === 'ai-admin-api' ? {PORT_API} : {}),
    },
  })),
};
