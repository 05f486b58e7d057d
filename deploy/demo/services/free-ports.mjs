#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Prints NAME=port for each NAME given: free on 127.0.0.1 now, all different, and below the
// ephemeral port range, so that they are still free after a restart.
// NAME=number tries that port first.
import net from 'node:net';
import {randomInt} from 'node:crypto';

const kLowest = 20000, kHighest = 32000;

const isFree = (port) => new Promise((done) => {
  const server = net.createServer();
  server.once('error', () => done(false));
  server.listen({port, host: '127.0.0.1', exclusive: true}, () => server.close(() => done(true)));
});

const taken = new Set();
for (const argument of process.argv.slice(2)) {
  const [name, wanted] = argument.split('=');
  let port = Number(wanted || 0);
  while (!port || taken.has(port) || !(await isFree(port))) port = randomInt(kLowest, kHighest);
  taken.add(port);
  console.log(`${name}=${port}`);
}
