#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Generates a WhatsApp session like that of a deployed application, with the real Baileys library
// and no network: a paired account, true Signal sessions with a few hundred generated contacts,
// groups, app state. Keys, structures and sizes are the library's own; phone numbers are
// random. Every run generates other keys; none is known to WhatsApp, and none belongs in git.
//
//   make-state.mjs --packages DIR/node_modules --session ID --out DIR [--total 728]
//                  [--profile deployed|rc14|legacy]
//
// Writes state.sql (one whatsapp_auth row, the whatsapp_keys rows), reset-creds.json (the
// credentials of the same application after a logout) and shape.json (counts and
// sizes by type, no key material). Takes 5 to 20 seconds.
import {createHmac, randomBytes, randomInt} from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';

const {values: options} = parseArgs({options: {
  packages: {type: 'string'}, session: {type: 'string'}, out: {type: 'string'},
  total: {type: 'string', default: '728'}, profile: {type: 'string', default: 'deployed'},
}});
const kTotal = Number(options.total);

// What the versions in use store: pre-keys uploaded at pairing and later, newer key types.
const kProfiles = {
  // 7.0.0-rc.3 to rc.5, 30 pre-keys at a time, LID mappings.
  deployed: {firstBatch: 30, nextBatch: 30, lid: true, contacts: 110, groups: 3},
  // From 7.0.0-rc.6 on: 812 pre-keys at once, then 5 at a time, device lists and tokens.
  rc14: {firstBatch: 812, nextBatch: 5, lid: true, contacts: 70, groups: 5, newTypes: true},
  // 6.7: six types only.
  legacy: {firstBatch: 30, nextBatch: 30, lid: false, contacts: 220, groups: 8},
};
const kProfile = kProfiles[options.profile];
const kPreKeysLow = 5;  // WhatsApp's server asks for more at this many.
const kTokens = 40;

const baileysRoot = path.join(options.packages, 'baileys');
const load = (file) => import(pathToFileURL(path.join(baileysRoot, file)).href);
const baileys = await load('lib/index.js');
const {makeLibSignalRepository} = await load('lib/Signal/libsignal.js');
const {encodeSyncdPatch, newLTHashState} = await load('lib/Utils/chat-utils.js');
const {buildMergedTcTokenIndexWrite} = await load('lib/Utils/tc-token-utils.js');
const {configureSuccessfulPairing} = await load('lib/Utils/validate-connection.js');
const {addTransactionCapability, BufferJSON, Curve, DEFAULT_CONNECTION_CONFIG, generateSignalPubKey,
       getNextPreKeys, initAuthCreds, makeCacheableSignalKeyStore, proto} = baileys;

// libsignal prints whole sessions, private keys included, to the console.
console.info = console.warn = () => {};
const silent = new Proxy({}, {get: (_, name) =>
  name === 'level' ? 'silent' : name === 'child' ? () => silent : () => {}});

function makeStore() {
  const types = new Map();
  const ofType = (type) => types.get(type) ?? types.set(type, new Map()).get(type);
  return {
    types,
    get: (type, ids) => Object.fromEntries(
        ids.filter((id) => ofType(type).has(id)).map((id) => [id, ofType(type).get(id)])),
    set: (changes) => {
      for (const [type, rows] of Object.entries(changes)) {
        if (type === 'identity-key' && !kProfile.newTypes) continue;
        for (const [id, value] of Object.entries(rows)) {
          if (value == null) ofType(type).delete(id); else ofType(type).set(id, value);
        }
      }
    },
  };
}

// A party with a WhatsApp device: ourselves or a contact.
function makeParty() {
  const creds = initAuthCreds(), store = makeStore();
  const keys = addTransactionCapability(
      makeCacheableSignalKeyStore(store, silent), silent, DEFAULT_CONNECTION_CONFIG.transactionOpts);
  return {creds, store, keys,
          repository: makeLibSignalRepository({creds, keys}, silent, async () => null)};
}

const digits = (count) =>
  Array.from({length: count}, (_, at) => at ? randomInt(10) : randomInt(1, 10)).join('');
const chance = (share) => randomInt(1_000_000) < share * 1_000_000;
const node = (tag, attrs, content) => ({tag, attrs, content});

const us = makeParty();
const ourNumber = '7900' + digits(7), ourLid = digits(15);
const ourJid = kProfile.lid ? `${ourLid}:12@lid` : `${ourNumber}:12@s.whatsapp.net`;

// Pairing as with a phone; the library verifies the signatures of a simulated one.
function pair() {
  const phone = Curve.generateKeyPair();
  const details = proto.ADVDeviceIdentity.encode(
      {rawId: randomInt(2 ** 31), timestamp: Math.floor(Date.now() / 1000), keyIndex: 1}).finish();
  const accountSignature = Curve.sign(phone.private,
      Buffer.concat([Buffer.from([6, 0]), details, us.creds.signedIdentityKey.public]));
  const identity = proto.ADVSignedDeviceIdentity.encode(
      {details, accountSignatureKey: phone.public, accountSignature}).finish();
  const hmac = createHmac('sha256', Buffer.from(us.creds.advSecretKey, 'base64'))
      .update(identity).digest();
  const stanza = node('iq', {id: '1'}, [node('pair-success', {}, [
    node('device-identity', {},
         proto.ADVSignedDeviceIdentityHMAC.encode({details: identity, hmac}).finish()),
    node('platform', {name: 'android'}),
    node('device', {jid: `${ourNumber}:12@s.whatsapp.net`, lid: `${ourLid}:12@lid`}),
  ])]);
  Object.assign(us.creds, configureSuccessfulPairing(stanza, us.creds).creds);
}

// WhatsApp's server stores our uploaded pre-keys and gives one to each new contact.
const uploaded = [];
async function uploadPreKeys(count) {
  const {update, preKeys} = await getNextPreKeys(us, count);
  Object.assign(us.creds, update);
  uploaded.push(...Object.keys(preKeys));
}
async function takeOurBundle() {
  if (uploaded.length <= kPreKeysLow) await uploadPreKeys(kProfile.nextBatch);
  const id = uploaded.shift(), preKey = (await us.keys.get('pre-key', [id]))[id];
  return bundleOf(us.creds, Number(id), preKey.public);
}
const bundleOf = (creds, preKeyId, preKeyPublic) => ({
  registrationId: creds.registrationId,
  identityKey: generateSignalPubKey(creds.signedIdentityKey.public),
  signedPreKey: {
    keyId: creds.signedPreKey.keyId,
    publicKey: generateSignalPubKey(creds.signedPreKey.keyPair.public),
    signature: creds.signedPreKey.signature,
  },
  preKey: {keyId: preKeyId, publicKey: generateSignalPubKey(preKeyPublic)},
});

// A first message to us: decrypting it consumes the pre-key's row.
async function receiveFrom(device) {
  const {repository} = device.party;
  await repository.injectE2ESession({jid: ourJid, session: await takeOurBundle()});
  const {type, ciphertext} = await repository.encryptMessage(
      {jid: ourJid, data: Buffer.from('x'.repeat(randomInt(20, 200)))});
  await us.repository.decryptMessage({jid: device.jid, type, ciphertext});
}
async function writeTo(device) {
  const session = bundleOf(device.party.creds, 1, Curve.generateKeyPair().public);
  await us.repository.injectE2ESession({jid: device.jid, session});
  await us.repository.encryptMessage({jid: device.jid, data: Buffer.from('hello')});
}

const contacts = [], devices = [];
async function meetContacts() {
  const server = kProfile.lid ? 'lid' : 's.whatsapp.net';
  for (let n = 0; n < kProfile.contacts; n++) {
    const number = '7' + digits(10), lid = digits(15), user = kProfile.lid ? lid : number;
    const own = ['0', ...(chance(0.35) ? [String(randomInt(1, 90))] : [])];
    contacts.push({number, lid, user, own});
    for (const device of own) {
      const jid = device === '0' ? `${user}@${server}` : `${user}:${device}@${server}`;
      devices.push({jid, party: makeParty()});
    }
  }
  if (kProfile.lid) {
    await us.repository.lidMapping.storeLIDPNMappings(
        [{lid: ourLid, number: ourNumber}, ...contacts].map(({lid, number}) =>
          ({lid: `${lid}@lid`, pn: `${number}@s.whatsapp.net`})));
  }
  if (kProfile.newTypes) {
    await us.keys.set({'device-list': Object.fromEntries([[ourNumber, ['12']],
      ...contacts.filter(() => chance(0.6)).map(({user, own}) => [user, own])])});
  }
  for (const device of devices) await (chance(0.8) ? receiveFrom(device) : writeTo(device));
}

// A sender key for each sending device of a group and for ourselves.
async function joinGroup() {
  const group = `1203630${digits(11)}@g.us`, members = devices.filter(() => chance(0.12));
  for (const {jid, party} of members) {
    const sent = await party.repository.encryptGroupMessage(
        {group, meId: jid, data: Buffer.from('hello all')});
    await us.repository.processSenderKeyDistributionMessage({authorJid: jid, item: {
      groupId: group,
      axolotlSenderKeyDistributionMessage: sent.senderKeyDistributionMessage,
    }});
    await us.repository.decryptGroupMessage({group, authorJid: jid, msg: sent.ciphertext});
  }
  await us.repository.encryptGroupMessage({group, meId: ourJid, data: Buffer.from('answer')});
  await us.keys.set({'sender-key-memory':
    {[group]: Object.fromEntries(members.map(({jid}) => [jid, true]))}});
}

async function syncAppState() {
  for (let n = 0; n < 2; n++) {
    const id = Buffer.concat([Buffer.alloc(4), randomBytes(2)]).toString('base64');
    us.creds.myAppStateKeyId = id;
    await us.keys.set({'app-state-sync-key':
      {[id]: proto.Message.AppStateSyncKeyData.fromObject({
        keyData: randomBytes(32), timestamp: Date.now(),
        fingerprint: {rawId: randomInt(2 ** 31), currentIndex: 1, deviceIndexes: [0, 1]}})}});
  }
  const keyOf = async (id) => (await us.keys.get('app-state-sync-key', [id]))[id];
  const collections = {critical_block: 2, critical_unblock_low: kProfile.contacts,
                       regular_high: 40, regular_low: 150, regular: 10};
  for (const [name, patches] of Object.entries(collections)) {
    let state = newLTHashState();
    for (let n = 0; n < patches; n++) {
      const patch = {type: name, index: ['contact', `${n}@s.whatsapp.net`], apiVersion: 2,
                     operation: 0,
                     syncAction: {timestamp: Date.now(), contactAction: {fullName: 'c' + n}}};
      ({state} = await encodeSyncdPatch(patch, us.creds.myAppStateKeyId, state, keyOf));
    }
    await us.keys.set({'app-state-sync-version': {[name]: state}});
  }
  Object.assign(us.creds, {
    accountSyncCounter: 1, lastAccountSyncTimestamp: Math.floor(Date.now() / 1000),
    lastPropHash: randomBytes(3).toString('hex'), routingInfo: randomBytes(8)});
}

async function receiveTokens() {
  const senders = contacts.slice(0, kTokens - 1).map(({lid}) => `${lid}@lid`);
  const timestamp = String(Math.floor(Date.now() / 1000));
  await us.keys.set({tctoken: {
    ...Object.fromEntries(senders.map((jid) => [jid, {token: randomBytes(21), timestamp}])),
    ...(await buildMergedTcTokenIndexWrite(us.keys, senders)),
  }});
}

// Bundles fetched but never used leave a row; a repeated first message consumes one.
async function reachTotal() {
  const count = () => [...us.store.types.values()].reduce((sum, rows) => sum + rows.size, 0);
  for (let tries = 0; count() !== kTotal; tries++) {
    if (tries > 20_000) throw new Error(`cannot reach ${kTotal} keys with this profile`);
    await (count() < kTotal ? takeOurBundle() : receiveFrom(devices[randomInt(devices.length)]));
  }
}

const toJson = (value) => JSON.stringify(value, BufferJSON.replacer);
const quote = (text) => `'${text.replaceAll(`'`, `''`)}'`;

function write() {
  const lines = ['INSERT INTO whatsapp_auth (company_id, creds) VALUES ' +
                 `(${quote(options.session)}, ${quote(toJson(us.creds))});`];
  const shape = {};
  for (const [type, rows] of us.store.types) {
    for (const [id, value] of rows) {
      lines.push('INSERT INTO whatsapp_keys (company_id, key_type, key_id, value) VALUES (' +
                 [options.session, type, id, toJson(value)].map(quote).join(', ') + ');');
    }
    const sizes = [...rows.values()].map((value) => toJson(value).length).sort((a, b) => a - b);
    if (rows.size) {
      shape[type] = {count: rows.size, bytes_median: sizes[sizes.length >> 1],
                     bytes_max: sizes.at(-1)};
    }
  }
  fs.mkdirSync(options.out, {recursive: true, mode: 0o700});
  const save = (name, text) =>
    fs.writeFileSync(path.join(options.out, name), text, {mode: 0o600});
  save('state.sql', lines.join('\n') + '\n');
  save('reset-creds.json', toJson(initAuthCreds()) + '\n');
  save('shape.json', JSON.stringify({profile: options.profile, total: kTotal, types: shape},
                                    null, 1) + '\n');
}

pair();
await uploadPreKeys(kProfile.firstBatch);
await meetContacts();
for (let n = 0; n < kProfile.groups; n++) await joinGroup();
await syncAppState();
if (kProfile.newTypes) await receiveTokens();
await reachTotal();
write();
process.exit(0);  // The library keeps timers.
