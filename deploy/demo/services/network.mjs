#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The network between Holdfast and its database: a TCP relay that adds a delay each way. It is always in
// the path, with 0 ms while the site is healthy, so that a fault changes only the network. SIGHUP reads the delay (milliseconds one way, or "drop") again from the file given.
//   network.mjs LISTEN_PORT TARGET_PORT DELAY_FILE
import net from 'node:net';
import {readFileSync} from 'node:fs';

const [listenPort, targetPort, delayFile] = process.argv.slice(2);
let delay = 0, drop = false;

function readDelay() {
  let text = '';
  try { text = readFileSync(delayFile, 'utf8').trim(); } catch { /* No file: no delay. */ }
  drop = text === 'drop';
  delay = Number(text) > 0 ? Number(text) : 0;
}

// Order is preserved, even when the delay decreases.
function relay(from, to) {
  let lastLeaves = 0;
  const later = (act) => {
    if (drop) return;
    lastLeaves = Math.max(lastLeaves, performance.now() + delay);
    const wait = lastLeaves - performance.now();
    if (wait <= 0) act(); else setTimeout(act, wait);
  };
  from.on('data', (piece) => later(() => to.writable && to.write(piece)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
}

readDelay();
process.on('SIGHUP', readDelay);
net.createServer({allowHalfOpen: true, noDelay: true}, (client) => {
  const server = net.connect(
      {port: Number(targetPort), host: '127.0.0.1', allowHalfOpen: true, noDelay: true});
  relay(client, server);
  relay(server, client);
}).listen(Number(listenPort), '127.0.0.1');
