#!/usr/bin/env node
// Replays recorded scenarios against a server that speaks EventStoreDB's gRPC protocol and prints each answer that differs
// from the recorded one. See README.md.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

grpc.setLogVerbosity(grpc.logVerbosity.NONE);
const sleep = ms => new Promise(r => setTimeout(r, ms));
const MAX = 64 << 20;

// ---------------------------------------------------------------- the connection

export function loadProtos(dir) {
  const files = fs.readdirSync(dir).filter(f => f.endsWith('.proto'));
  const def = protoLoader.loadSync(files, { includeDirs: [dir], keepCase: true, longs: String, enums: String, oneofs: true, defaults: false });
  return { def, pkg: grpc.loadPackageDefinition(def).event_store.client };
}

export class Server {
  constructor({ address, protos, ca, users }) {
    Object.assign(this, { address, protos, users: users || {} });
    this.credentials = ca ? grpc.credentials.createSsl(fs.readFileSync(ca)) : grpc.credentials.createInsecure();
    this.shared = this.connect();
  }
  connect() {
    const o = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_receive_message_length': MAX, 'grpc.max_send_message_length': MAX };
    const p = this.protos.pkg, a = this.address, c = this.credentials;
    const x = {
      streams: new p.streams.Streams(a, c, o),
      ps: new p.persistent_subscriptions.PersistentSubscriptions(a, c, o),
      gossip: new p.gossip.Gossip(a, c, o),
      features: new p.server_features.ServerFeatures(a, c, o),
    };
    x.close = () => { for (const k of ['streams', 'ps', 'gossip', 'features']) x[k].close(); };
    return x;
  }
}

// ---------------------------------------------------------------- one run of one scenario

const HIDDEN = new Set(['date', 'server', 'content-type', 'grpc-accept-encoding', 'grpc-encoding', 'accept-encoding', 'transfer-encoding', 'content-length', 'vary', 'connection']);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const EMPTY_ID = '00000000-0000-0000-0000-000000000000';
const sha = s => crypto.createHash('sha256').update(s).digest();

export class Run {
  constructor(server, scenario, tag) {
    this.server = server;
    this.scenario = scenario;
    const h = BigInt('0x' + sha(tag + '/' + scenario.name).toString('hex').slice(0, 16)).toString(36).padStart(13, '0').slice(-11);
    this.prefix = 'z' + h + '-'; // always 13 bytes long
    this.c = scenario.own_connection ? server.connect() : server.shared;
    this.ids = new Map(); // uuid -> E label
    this.sent = new Map(); // uuid -> contents as sent
    this.unknown = new Map(); // other uuids -> U label
    this.at = new Map(); // "stream@revision" -> position
    this.highest = -1n;
    this.places = []; // position answered by each step
    this.calls = {}; // open subscriptions
    this.index = -1;
  }

  // names: "~" in a scenario stands for its own prefix
  name(s) { return s.replaceAll('~', this.prefix); }
  hide(s) { return s.split(this.prefix).join('~'); }
  stream(s) { return { stream_name: Buffer.from(this.name(s)) }; }
  id(n) {
    const b = sha(this.prefix + '#' + n).subarray(0, 16);
    b[6] = b[6] & 15 | 64; b[8] = b[8] & 63 | 128;
    const x = b.toString('hex');
    const u = `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
    this.ids.set(u, 'E' + n);
    return u;
  }
  label(uuid) {
    const u = uuid.toLowerCase();
    if (this.ids.has(u)) return this.ids.get(u);
    if (u === EMPTY_ID) return 'E-zero';
    if (!this.unknown.has(u)) this.unknown.set(u, 'U' + (this.unknown.size + 1));
    return this.unknown.get(u);
  }
  text(s) {
    return this.hide(String(s)).replace(UUID, u => this.label(u)).replace(/\b127\.0\.0\.1:\d+|\blocalhost:\d+|\[::1\]:\d+/g, 'HOST');
  }

  meta(as) {
    const m = new grpc.Metadata();
    const who = as === undefined ? this.server.users.default : as === 'anonymous' ? undefined : this.server.users[as] ?? as;
    if (who) m.set('authorization', who.startsWith('Raw ') ? who.slice(4) : 'Basic ' + Buffer.from(who).toString('base64'));
    return m;
  }
  error(e) {
    const t = {};
    for (const [k, v] of Object.entries(e.metadata?.getMap?.() || {})) if (!HIDDEN.has(k)) t[k] = this.text(Buffer.isBuffer(v) ? v.toString('base64') : v);
    const o = { code: grpc.status[e.code], details: e.code === grpc.status.DEADLINE_EXCEEDED && /^Deadline exceeded after/.test(e.details) ? 'no answer' : this.text(e.details || '') };
    if (Object.keys(t).length) o.trailers = t;
    return o;
  }

  // events
  proposed(x) {
    const o = typeof x === 'number' ? { e: x } : x;
    const id = o.id === 'zero' ? EMPTY_ID : o.id === 'none' ? undefined : o.id !== undefined ? o.id : this.id(o.e);
    const fill = o.size !== undefined ? Buffer.alloc(o.size, 0x61) : undefined;
    const data = fill ?? Buffer.from(o.data === undefined ? `{"n":${o.e}}` : this.name(o.data), o.latin ? 'latin1' : 'utf8');
    const cm = o.metaSize !== undefined ? Buffer.alloc(o.metaSize, 0x62) : Buffer.from(o.meta === undefined ? '' : this.name(o.meta));
    const m = { type: o.type === undefined ? 'T' : o.type, 'content-type': o.ct || 'application/json', ...(o.extra || {}) };
    for (const k of o.drop || []) delete m[k];
    if (id) {
      const list = this.sent.get(id) || [];
      const c = this.content(m.type, m['content-type'] === 'application/json' ? m['content-type'] : 'application/octet-stream', data, cm);
      if (!list.includes(c)) list.push(c);
      this.sent.set(id, list);
    }
    const p = { metadata: m, custom_metadata: cm, data };
    if (id) p.id = o.structured ? { structured: { most_significant_bits: BigInt.asIntN(64, BigInt('0x' + id.replaceAll('-', '').slice(0, 16))).toString(), least_significant_bits: BigInt.asIntN(64, BigInt('0x' + id.replaceAll('-', '').slice(16))).toString() } } : { string: id };
    return p;
  }
  content(type, ct, data, cm) { return JSON.stringify([type, ct, data.length > 200 ? sha(data).toString('hex') : data.toString('latin1'), cm.length > 200 ? sha(cm).toString('hex') : cm.toString('latin1')]); }
  short(b) { return b.length > 200 ? `${b.length} bytes, sha256 ${sha(b).toString('hex').slice(0, 12)}` : this.text(b.toString('utf8')); }
  // What a server writes itself: JSON without regard to spaces and order, times left out.
  made(b) {
    try { const o = JSON.parse(b.toString('utf8')); if (o && typeof o === 'object') { if (typeof o.added === 'string') o.added = 'T'; return this.text(JSON.stringify(sorted(o))).replace(/9223372036854776000/g, '9223372036854775807'); } } catch { /* not JSON */ }
    return this.short(b);
  }

  uuidOf(id) {
    if (id?.string !== undefined) return id.string;
    if (id?.structured) {
      const h = v => BigInt.asUintN(64, BigInt(v || 0)).toString(16).padStart(16, '0');
      const x = h(id.structured.most_significant_bits) + h(id.structured.least_significant_bits);
      return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
    }
    return '';
  }
  // An event as "stream@revision=E7" where it is what was sent under that id, else with all its parts.
  recorded(r) {
    const stream = this.hide((r.stream_identifier?.stream_name || '').toString());
    const revision = r.stream_revision || '0';
    const key = stream + '@' + revision;
    const uuid = this.uuidOf(r.id), label = uuid ? this.label(uuid) : 'no id';
    const m = { ...(r.metadata || {}) }, data = r.data || Buffer.alloc(0), cm = r.custom_metadata || Buffer.alloc(0);
    const odd = [];
    const commit = r.commit_position || '0', prepare = r.prepare_position || '0';
    if (commit !== prepare) odd.push('commit and prepare position differ');
    const before = this.at.get(key);
    if (before === undefined) this.at.set(key, commit);
    else if (before !== commit) odd.push('another position than before');
    if (BigInt(commit) > this.highest) this.highest = BigInt(commit);
    if (!/^\d{17,18}$/.test(m.created || '')) odd.push('created: ' + m.created);
    delete m.created;
    const known = this.sent.get(uuid.toLowerCase());
    const k = known ? known.indexOf(this.content(m.type, m['content-type'], data, cm)) : -1;
    const extra = Object.keys(m).filter(k => k !== 'type' && k !== 'content-type');
    if (k >= 0 && !odd.length && !extra.length) return `${key}=${label}${"'".repeat(k)}`;
    const show = known ? b => this.short(b) : b => this.made(b);
    const o = { event: `${key}=${label}`, type: m.type, ct: m['content-type'], data: show(data) };
    if (cm.length) o.meta = show(cm);
    for (const x of extra) o[x] = this.text(m[x]);
    if (odd.length) o.odd = odd;
    return o;
  }
  readEvent(ev) {
    let out;
    const e = ev.event ? this.recorded(ev.event) : null, l = ev.link ? this.recorded(ev.link) : undefined;
    if (l === undefined && e !== null) out = e;
    else if (typeof e === 'string' && typeof l === 'string') out = `${e} via ${l}`;
    else out = { resolved: e, link: l === undefined ? null : l };
    return out;
  }
  message(d) {
    switch (d.content) {
      case 'event': {
        const e = this.readEvent(d.event);
        const p = d.event.position === 'no_position' ? 'n' : d.event.position === 'commit_position' ? 'c' : '-';
        let s = { e, p };
        if (d.event.count !== undefined) s.retry = d.event.count === 'no_retry_count' ? 'no' : String(d.event.retry_count || 0);
        return s;
      }
      case 'confirmation': return 'confirmation' + (d.confirmation.subscription_id ? '' : ' without id');
      case 'subscription_confirmation': return 'confirmation ' + this.text(d.subscription_confirmation.subscription_id).replace(/::.*$/s, x => x);
      case 'checkpoint': return 'checkpoint';
      case 'caught_up': return 'caught_up';
      case 'fell_behind': return 'fell_behind';
      case 'stream_not_found': return 'stream_not_found ' + this.text(d.stream_not_found.stream_identifier?.stream_name ?? '');
      case 'first_stream_position': return 'first_stream_position ' + d.first_stream_position;
      case 'last_stream_position': return 'last_stream_position ' + d.last_stream_position;
      case 'last_all_stream_position': return 'last_all_stream_position';
      default: return 'message without content';
    }
  }
  // Messages as a list: events as strings; the kind of position once for all.
  messages(list) {
    const out = [], kinds = new Set();
    for (const d of list) {
      const m = this.message(d);
      if (typeof m === 'string') out.push('<' + m + '>');
      else { kinds.add(m.p); out.push(m.retry === undefined ? m.e : typeof m.e === 'string' ? `${m.e} retry ${m.retry}` : { ...m.e, retry: m.retry }); }
    }
    const o = { got: out };
    if (kinds.size) o.position = [...kinds].sort().join('');
    return o;
  }

  place(p, stream, revision) { // a position that a write was answered with
    if (!p) return undefined;
    const c = BigInt(p.commit_position || 0);
    this.places[this.index] = { commit_position: String(c), prepare_position: String(p.prepare_position || 0) };
    const key = stream === undefined ? undefined : stream + '@' + revision;
    let w;
    if (key !== undefined && this.at.get(key) === String(c)) w = 'of that revision';
    else if (c > this.highest) w = 'new'; else w = 'old';
    if (w === 'new' && key !== undefined) this.at.set(key, String(c));
    if (c > this.highest) this.highest = c;
    return w;
  }

  expect(x, field = 'revision') {
    if (x === undefined || x === null) return {};
    return typeof x === 'number' || /^\d+$/.test(x) ? { [field]: String(x) } : { [x]: {} };
  }
  deadline(s, ms = this.patience ?? 20000) { return { deadline: Date.now() + (s.ms || ms) }; }
  unary(client, method, request, s) {
    return new Promise(r => client[method](request, this.meta(s.as), this.deadline(s), (e, x) => r(e ? { error: this.error(e) } : { ok: x })));
  }

  // ---- the operations
  async append(s) {
    const r = await new Promise(r => {
      const call = this.c.streams.append(this.meta(s.as), this.deadline(s), (e, x) => r(e ? { error: this.error(e) } : { ok: x }));
      call.on('error', () => {});
      if (!s.noOptions) call.write({ options: { ...(s.stream === undefined ? {} : { stream_identifier: this.stream(s.stream) }), ...this.expect(s.expect) } });
      let events = s.events || [];
      if (s.many) events = Array.from({ length: s.many.count }, (_, i) => ({ e: s.many.from + i, ...(s.many.size !== undefined ? { size: s.many.size, ct: 'application/octet-stream' } : {}) }));
      for (const e of events) call.write({ proposed_message: this.proposed(e) });
      if (s.optionsTwice) call.write({ options: { stream_identifier: this.stream(s.stream), ...this.expect(s.expect) } });
      if (!s.keepOpen) call.end();
    });
    if (r.error) return { error: r.error };
    if (r.ok.result === 'success') {
      const x = r.ok.success, o = {};
      const rev = x.current_revision_option === 'no_stream' ? undefined : x.current_revision_option === 'current_revision' ? x.current_revision || '0' : undefined;
      if (s.hideRevision) return { success: {} };
      o.revision = rev === undefined ? x.current_revision_option ?? 'none' : Number(rev);
      o.position = x.position_option === 'position' ? this.place(x.position, s.many || (s.events || []).length ? s.stream : undefined, rev) : x.position_option ?? 'none';
      return { success: o };
    }
    if (r.ok.result === 'wrong_expected_version') {
      const x = r.ok.wrong_expected_version, o = {};
      o.current = x.current_revision_option === 'current_revision' ? Number(x.current_revision || 0) : x.current_revision_option ?? 'none';
      o.expected = x.expected_revision_option === 'expected_revision' ? x.expected_revision || '0' : x.expected_revision_option ?? 'none';
      return { wrong_expected_version: o };
    }
    return { empty: true };
  }
  setMetadata(s) { return this.append({ ...s, op: 'append', stream: '$$' + s.stream, events: [{ e: s.e, type: '$metadata', data: s.raw !== undefined ? s.raw : JSON.stringify(s.json) }] }); }

  detail(any) {
    if (!any) return undefined;
    const t = (any.type_url || '').split('/').pop();
    const d = this.server.protos.def[t];
    if (!d) return { type: t };
    const m = d.deserialize(any.value || Buffer.alloc(0));
    const o = { type: t.split('.').pop() };
    for (const [k, v] of Object.entries(m)) o[k] = Buffer.isBuffer(v) ? this.text(v) : v && typeof v === 'object' ? (v.stream_name ? this.text(v.stream_name) : {}) : v;
    for (const k of Object.keys(o)) if (k.endsWith('_option')) delete o[k];
    return o;
  }
  batchAnswer(d) {
    const o = { c: d.correlation_id ? this.corr?.get(this.uuidOf(d.correlation_id).toLowerCase()) ?? this.label(this.uuidOf(d.correlation_id)) : 'none' };
    const stream = d.stream_identifier ? this.text(d.stream_identifier.stream_name ?? '') : undefined;
    if (stream !== undefined) o.stream = stream;
    const ex = d.expected_stream_position;
    if (ex) o.expected = ex === 'stream_position' ? d.stream_position || '0' : ex;
    if (d.result === 'success') {
      const x = d.success;
      const rev = x.current_revision_option === 'current_revision' ? x.current_revision || '0' : undefined;
      o.success = { revision: rev === undefined ? x.current_revision_option ?? 'none' : Number(rev), position: x.position_option === 'position' ? this.place(x.position, this.empty?.has(o.c) ? undefined : stream, rev) : x.position_option ?? 'none' };
    } else if (d.result === 'error') {
      o.error = { code: d.error.code === undefined ? 'OK' : grpc.status[d.error.code] ?? String(d.error.code), message: this.text(d.error.message || '') };
      const x = this.detail(d.error.details);
      if (x) o.error.details = x;
    } else o.result = 'none';
    return o;
  }
  async batchAppend(s, old) {
    this.corr = new Map();
    this.empty = new Set(s.msgs.map(m => m.c).filter(c => !s.msgs.some(m => m.c === c && (m.events || []).length)));
    const cid = c => { const u = this.id('c' + c); this.ids.delete(u); this.corr.set(u, c); return { string: u }; };
    const call = this.c.streams.batchAppend(this.meta(s.as), this.deadline(s, 30000));
    const got = [];
    let end, wake = () => {};
    call.on('data', d => { got.push(d); wake(); });
    call.on('error', e => { end ??= this.error(e); wake(); });
    call.on('status', x => { if (x.code === 0) end ??= 'OK'; wake(); });
    for (const m of s.msgs) {
      const o = m.noOptions ? undefined : { ...(m.stream === undefined ? {} : { stream_identifier: this.stream(m.stream) }), ...this.expect(m.expect, 'stream_position'), ...(m.deadline === undefined ? { deadline: { seconds: '10', nanos: 0 } } : m.deadline === 'none' ? {} : m.deadline) };
      const w = { ...(m.noCorrelation ? {} : { correlation_id: cid(m.c) }), proposed_messages: (m.events || []).map(e => this.proposed(e)), is_final: m.final !== false };
      if (o) w.options = o;
      call.write(w);
      if (s.oneByOne) { const n = got.length; await this.until(() => got.length > n || end, 3000, w => { wake = w; }); }
    }
    const want = s.answers ?? s.msgs.filter(m => m.final !== false).length;
    await this.until(() => got.length >= want || end !== undefined, s.wait ?? 4000, w => { wake = w; });
    if (s.settle) await sleep(s.settle);
    const o = { answers: undefined };
    if (s.end) {
      call.end();
      await this.until(() => end !== undefined, s.end, w => { wake = w; });
      o.end = end ?? `open ${s.end} ms after the client ended its side`;
    } else if (end !== undefined && end !== 'OK') o.end = end;
    const list = got.map(d => this.batchAnswer(d));
    if (s.hideRevision) for (const x of list) if (x.error?.details) { delete x.error.details.current_stream_revision; delete x.error.details.current_no_stream; }
    o.answers = s.inOrder ? list : list.map((x, i) => [x, i]).sort((a, b) => a[0].c < b[0].c ? -1 : a[0].c > b[0].c ? 1 : a[1] - b[1]).map(x => x[0]);
    call.cancel();
    return o;
  }
  async until(done, ms, onWake) {
    const stop = Date.now() + ms;
    while (!done()) {
      const left = stop - Date.now();
      if (left <= 0) return false;
      await new Promise(r => { const t = setTimeout(r, left); onWake(() => { clearTimeout(t); r(); }); });
    }
    return true;
  }

  async erase(s, method) {
    const r = await this.unary(this.c.streams, method, { options: { ...(s.stream === undefined ? {} : { stream_identifier: this.stream(s.stream) }), ...this.expect(s.expect) } }, s);
    if (r.error) return { error: r.error };
    return { success: { position: r.ok.position_option === 'position' ? this.place(r.ok.position) : r.ok.position_option ?? 'none' } };
  }
  delete(s) { return this.erase(s, 'delete'); }
  tombstone(s) { return this.erase(s, 'tombstone'); }

  from(x, all) {
    if (x === undefined) return { start: {} };
    if (x === 'start' || x === 'end') return { [x]: {} };
    if (x === 'none') return {};
    if (all) {
      const p = typeof x === 'object' && x.step !== undefined ? { ...this.places[x.step] } : x;
      if (x.add) for (const k of ['commit_position', 'prepare_position']) p[k] = String(BigInt(p[k] || 0) + BigInt(x.add));
      return { position: p };
    }
    return { revision: String(x) };
  }
  filter(f, subscription) {
    if (f === null) return { no_filter: {} };
    if (f === undefined) f = { stream: ['~', '$$~'] };
    const e = x => ({ ...(Array.isArray(x) ? { prefix: x.map(p => this.name(p)) } : x.regex !== undefined ? { regex: this.name(x.regex) } : {}) });
    const o = { checkpointIntervalMultiplier: f.multiplier ?? 1 };
    if (f.stream) o.stream_identifier = e(f.stream);
    if (f.type) o.event_type = e(f.type);
    if (f.window !== 'none') o[f.window === undefined ? 'count' : 'max'] = f.window === undefined ? {} : f.window;
    return { filter: o };
  }
  readOptions(s, all) {
    const o = { read_direction: s.dir === 'b' ? 'Backwards' : 'Forwards', resolve_links: !!s.links, uuid_option: s.uuid === 'none' ? undefined : { [s.uuid || 'string']: {} } };
    if (all) o.all = this.from(s.from, true); else o.stream = { ...(s.stream === undefined ? {} : { stream_identifier: this.stream(s.stream) }), ...this.from(s.from, false) };
    if (s.op === 'subscribe') o.subscription = {};
    else if (s.count !== 'none') o.count = String(s.count ?? 50);
    if (s.filter !== 'none') Object.assign(o, all ? this.filter(s.filter) : s.filter ? this.filter(s.filter) : { no_filter: {} });
    if (s.compat !== undefined) o.control_option = { compatibility: s.compat };
    if (s.noStream) { delete o.stream; delete o.all; }
    return { options: o };
  }
  read(s, all) {
    return new Promise(r => {
      const call = this.c.streams.read(this.readOptions(s, all), this.meta(s.as));
      const got = [];
      let done = false;
      const fin = end => {
        if (done) return;
        done = true; clearTimeout(t); call.cancel();
        const o = this.messages(got);
        if (end !== 'OK') o.end = end;
        r(o);
      };
      const t = setTimeout(() => fin(`still open after ${s.ms || 15000} ms`), s.ms || 15000);
      call.on('data', d => got.push(d));
      call.on('error', e => fin(this.error(e)));
      call.on('status', x => { if (x.code === 0) fin('OK'); });
    });
  }
  readStream(s) { return this.read(s, false); }
  readAll(s) { return this.read(s, true); }

  // subscriptions
  open(name, call) {
    const c = { call, got: [], taken: 0, end: undefined, wake: () => {}, list: [] };
    call.on('data', d => { c.got.push(d); c.wake(); });
    call.on('error', e => { c.end ??= this.error(e); c.wake(); });
    call.on('status', x => { if (x.code === 0) c.end ??= 'OK'; c.wake(); });
    this.calls[name] = c;
  }
  async subscribe(s, old) {
    this.open(s.sub, this.c.streams.read(this.readOptions(s, s.stream === undefined), this.meta(s.as)));
    return this.next({ ...s, op: 'next' }, old);
  }
  // What has come since the last time: waits for as many messages as were recorded, then until nothing comes for a while.
  async next(s, old) {
    const c = this.calls[s.sub];
    if (!c) return { error: 'no such subscription' };
    const quiet = s.quiet ?? (old ? 150 : 450);
    if (!old && c.taken === 0 && !c.got.length) await this.until(() => c.end !== undefined || c.got.length, 4000, w => { c.wake = w; });
    if (old) await this.until(() => c.end !== undefined || c.got.length - c.taken >= old.got.length, s.ms ?? 3000, w => { c.wake = w; });
    const stop = Date.now() + (s.ms ?? 3000) + 3000;
    while (c.end === undefined && Date.now() < stop) {
      const n = c.got.length;
      await this.until(() => c.end !== undefined || c.got.length > n, quiet, w => { c.wake = w; });
      if (c.got.length === n) break;
    }
    if (c.end === undefined && old?.end) await this.until(() => c.end !== undefined, 2000, w => { c.wake = w; });
    const fresh = c.got.slice(c.taken);
    c.taken = c.got.length;
    for (const d of fresh) if (d.content === 'event') c.list.push(d.event);
    const o = this.messages(fresh);
    if (s.set) o.got = o.got.map(x => typeof x === 'string' ? x : JSON.stringify(x)).sort();
    if (s.squeeze) o.got = o.got.filter((x, i) => !(x === '<checkpoint>'));
    if (c.end !== undefined && !c.told) { o.end = c.end; c.told = true; }
    return o;
  }
  async unsubscribe(s) { this.calls[s.sub]?.call.cancel(); delete this.calls[s.sub]; return {}; }

  // persistent subscriptions
  settings(x) {
    return { message_timeout_ms: 30000, checkpoint_after_ms: 1000, min_checkpoint_count: 1, max_checkpoint_count: 10, max_retry_count: 3, max_subscriber_count: 0, live_buffer_size: 500, read_batch_size: 20, history_buffer_size: 500, consumer_strategy: 'RoundRobin', ...(x || {}) };
  }
  psTarget(s, field = 'stream_identifier') { return s.stream === undefined ? { all: {} } : { [field]: this.stream(s.stream) }; }
  psOptions(s, update) {
    const o = { group_name: this.name(s.group), settings: s.noSettings ? undefined : this.settings(s.settings) };
    if (s.deprecated) { o.stream_identifier = this.stream(s.stream); delete o.settings.consumer_strategy; o.settings.named_consumer_strategy = 1; o.settings.revision = '0'; } else if (s.stream !== undefined) o.stream = { stream_identifier: this.stream(s.stream), ...this.from(s.from, false) };
    else if (!s.noStream) o.all = { ...this.from(s.from, true), ...(update ? {} : this.filter(s.filter === undefined ? null : s.filter)) };
    return { options: o };
  }
  done(r) { return r.error ? { error: r.error } : { success: true }; }
  async psCreate(s) { return this.done(await this.unary(this.c.ps, 'create', this.psOptions(s), s)); }
  async psUpdate(s) { return this.done(await this.unary(this.c.ps, 'update', this.psOptions(s, true), s)); }
  async psDelete(s) { return this.done(await this.unary(this.c.ps, 'delete', { options: { ...this.psTarget(s), group_name: this.name(s.group) } }, s)); }
  async psReplay(s) { return this.done(await this.unary(this.c.ps, 'replayParked', { options: { ...this.psTarget(s), group_name: this.name(s.group), ...(s.stopAt === undefined ? { no_limit: {} } : { stop_at: String(s.stopAt) }) } }, s)); }
  info(i, withCounts) {
    const o = { source: this.text(i.event_source ?? ''), group: this.text(i.group_name ?? ''), status: i.status, connections: (i.connections || []).length };
    const all = i.event_source === '$all';
    const p = x => x === undefined || x === '' ? x : all ? x.replace(/\d+/g, 'N') : x;
    for (const [k, f] of Object.entries({ resolve: 'resolve_link_tos', from: 'start_from', timeout: 'message_timeout_milliseconds', extra: 'extra_statistics', retries: 'max_retry_count', live: 'live_buffer_size', buffer: 'buffer_size', batch: 'read_batch_size', after: 'check_point_after_milliseconds', min: 'min_check_point_count', max: 'max_check_point_count', strategy: 'named_consumer_strategy', subscribers: 'max_subscriber_count', parked: 'parked_message_count' })) if (i[f] !== undefined) o[k] = k === 'from' ? p(i[f]) : i[f];
    o.checkpointed = p(i.last_checkpointed_event_position);
    o.known = p(i.last_known_event_position);
    if (withCounts) for (const [k, f] of Object.entries({ total: 'total_items', inFlight: 'total_in_flight_messages', outstanding: 'outstanding_messages_count', retryBuffer: 'retry_buffer_count', liveBuffer: 'live_buffer_count', readBuffer: 'read_buffer_count' })) if (i[f] !== undefined) o[k] = i[f];
    if (withCounts && i.connections?.length) o.slots = i.connections.map(c => [c.available_slots || 0, c.in_flight_messages || 0].join('/'));
    for (const k of Object.keys(o)) if (o[k] === undefined) delete o[k];
    return o;
  }
  async psInfo(s) {
    const r = await this.unary(this.c.ps, 'getInfo', { options: { ...this.psTarget(s), group_name: this.name(s.group) } }, s);
    if (r.error) return { error: r.error };
    const o = this.info(r.ok.subscription_info || {}, s.counts);
    for (const k of s.without || []) delete o[k];
    return { info: o };
  }
  async psList(s) {
    const r = await this.unary(this.c.ps, 'list', { options: s.everything ? { list_all_subscriptions: {} } : { list_for_stream: s.stream === undefined ? { all: {} } : { stream: this.stream(s.stream) } } }, s);
    if (r.error) return { error: r.error };
    return { groups: (r.ok.subscriptions || []).map(i => this.text(i.event_source) + '::' + this.text(i.group_name)).filter(x => x.includes('~')).sort() };
  }
  async psConnect(s, old) {
    const call = this.c.ps.read(this.meta(s.as));
    this.open(s.sub, call);
    if (s.ackFirst) call.write({ ack: { ids: [{ string: EMPTY_ID }] } });
    else call.write({ options: { ...this.psTarget(s), group_name: this.name(s.group), buffer_size: s.buffer ?? 10, uuid_option: s.uuid === 'none' ? undefined : { string: {} } } });
    return this.next({ ...s, op: 'next' }, old);
  }
  // Events of a subscription by their place in what it has received (0 is the first), as ids.
  pick(s) { return (s.of || []).map(k => { const e = this.calls[s.sub]?.list[k]; return e ? (e.link || e.event).id : { string: this.id('x' + k) }; }); }
  async psAck(s) { this.calls[s.sub]?.call.write({ ack: { ids: s.ids ? s.ids.map(n => ({ string: this.id(n) })) : this.pick(s) } }); await sleep(s.pause ?? 120); return {}; }
  async psNack(s) { this.calls[s.sub]?.call.write({ nack: { ids: s.ids ? s.ids.map(n => ({ string: this.id(n) })) : this.pick(s), action: s.action, reason: s.reason ?? 'r' } }); await sleep(s.pause ?? 120); return {}; }

  async features(s) {
    const r = await this.unary(this.c.features, 'getSupportedMethods', {}, s);
    return r.error ? { error: r.error } : { methods: (r.ok.methods || []).map(m => `${m.service_name}/${m.method_name} ${(m.features || []).join(',')}`.trim()).sort() };
  }
  async gossip(s) {
    const r = await this.unary(this.c.gossip, 'read', {}, s);
    return r.error ? { error: r.error } : { members: (r.ok.members || []).map(m => ({ id: m.instance_id?.value ?? 'none', state: m.state, alive: !!m.is_alive, address: m.http_end_point?.address, time: String(m.time_stamp || '').length + ' digits' })) };
  }
  async sleep(s) { await sleep(s.ms); return {}; }
  // Several steps at once; the answers in the order of the steps.
  async together(s) {
    const answers = await Promise.all(s.steps.map(x => this[x.op](x)));
    for (const a of answers) if (a.success) delete a.success.position;
    return { answers };
  }
  // Many subscriptions that stay open while the following steps run.
  async openMany(s) {
    for (let i = 0; i < s.count; i++) this.open('many' + i, this.c.streams.read(this.readOptions({ op: 'subscribe', stream: s.stream, from: 'end' }, false), this.meta(s.as)));
    const t = Date.now() + (s.wait ?? 2500);
    const confirmed = () => Array.from({ length: s.count }, (_, i) => this.calls['many' + i]).filter(c => c.got.length).length;
    while (confirmed() < s.count && Date.now() < t) await sleep(25);
    return { confirmed: confirmed() };
  }

  async step(s, old) {
    this.index++;
    this.patience = old?.error?.code === 'DEADLINE_EXCEEDED' ? 3000 : this.usual; // where the real server never answers
    try { return JSON.parse(JSON.stringify(await this[s.op](s, old))); } catch (e) { if (process.env.DEBUG) console.error(e); return { judge: 'failed: ' + e.message }; }
  }
  close() {
    for (const c of Object.values(this.calls)) c.call.cancel();
    if (this.scenario.own_connection) this.c.close();
  }
}

// ---------------------------------------------------------------- comparing

export const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
function sorted(x) {
  if (Array.isArray(x)) return x.map(sorted);
  if (x && typeof x === 'object') return Object.fromEntries(Object.keys(x).sort().map(k => [k, sorted(x[k])]));
  return x;
}
const WRITES = new Set(['append', 'batchAppend', 'delete', 'tombstone', 'setMetadata', 'psCreate', 'psUpdate', 'psDelete', 'psReplay', 'psAck', 'psNack', 'together']);

const err = e => e === undefined ? '' : typeof e === 'string' ? e : `${e.code}${e.trailers?.exception ? ' ' + e.trailers.exception : ''}`;
function klass(op, a) { // what sort of an answer it is
  if (!a) return 'none';
  if (a.judge) return 'the judge failed';
  if (a.error) return err(a.error);
  if (a.success) return 'success';
  if (a.wrong_expected_version) return 'wrong_expected_version';
  if (a.answers) return op === 'batchAppend' ? '[' + a.answers.map(x => x.success ? 'success' : x.error ? 'error ' + x.error.code + (x.error.details ? ' ' + x.error.details.type : '') : '?').join(', ') + ']' : 'answers';
  if (a.end) return 'ends ' + err(a.end);
  return 'answer';
}
const asList = g => (g || []).map(x => typeof x === 'string' ? x : JSON.stringify(sorted(x)));
function shape(real, own) { // how two answers of the same sort differ
  const out = [];
  if (real.got && own.got) {
    const a = asList(real.got), b = asList(own.got);
    if (JSON.stringify(a) !== JSON.stringify(b)) {
      const ea = a.filter(x => !x.startsWith('<')), eb = b.filter(x => !x.startsWith('<'));
      const ma = a.filter(x => x.startsWith('<')), mb = b.filter(x => x.startsWith('<'));
      const id = x => (/[@]\d+=([^ "',]+)/.exec(x) || [])[1] || x;
      if (JSON.stringify(ea) !== JSON.stringify(eb)) {
        const count = l => l.map(id).sort();
        const ca = count(ea), cb = count(eb);
        const missing = [...ca], extra = [];
        for (const x of cb) { const k = missing.indexOf(x); if (k >= 0) missing.splice(k, 1); else extra.push(x); }
        if (missing.length) out.push('events missing');
        if (extra.length) out.push(extra.some(x => ca.includes(x)) ? 'events doubled' : 'events too many');
        if (!missing.length && !extra.length) out.push(ea.map(id).join() === eb.map(id).join() ? 'the same events with other numbers or contents' : 'events in another order');
      }
      if (JSON.stringify(ma) !== JSON.stringify(mb)) {
        const kinds = l => { const c = {}; for (const x of l) { const k = x.replace(/[<>]/g, '').split(' ')[0]; c[k] = (c[k] || 0) + 1; } return c; };
        const ka = kinds(ma), kb = kinds(mb);
        const d = [...new Set([...Object.keys(ka), ...Object.keys(kb)])].filter(k => ka[k] !== kb[k]).map(k => `${k} ${ka[k] || 0} times | ${kb[k] || 0} times`.replace(/\d{2,}|[2-9]/g, 'n'));
        out.push('messages: ' + (d.length ? d.join(', ') : 'other contents'));
      }
      if (JSON.stringify(ea) === JSON.stringify(eb) && JSON.stringify(ma) === JSON.stringify(mb)) out.push('messages and events in another order');
    }
  }
  const walk = (a, b, p) => {
    if (same(a, b)) return;
    if (a && b && typeof a === 'object' && typeof b === 'object' && !Array.isArray(a)) { for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) if (k !== 'got') walk(a[k], b[k], p ? p + '.' + k : k); } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) a.forEach((x, i) => walk(x, b[i], p + '[]'));
    else out.push(p);
  };
  walk(real, own, '');
  return [...new Set(out)].sort().join('; ');
}
function words(s) { // the kind of request
  const w = [s.op];
  if (s.op === 'append') {
    w.push(typeof s.expect === 'number' ? 'revision' : s.expect ?? 'no expectation');
    if (!s.many && !(s.events || []).length) w.push('no events');
    if (s.shape) w.push(s.shape);
  } else if (s.op === 'delete' || s.op === 'tombstone') w.push(typeof s.expect === 'number' ? 'revision' : s.expect ?? 'no expectation');
  else if (s.op === 'readStream' || s.op === 'readAll') { if (s.compat) w.push('with control option'); if (s.links) w.push('links'); }
  if (/^\$\$/.test(s.stream || '')) w.push('metadata stream');
  return w.join(' ');
}
export function kindOf(s, real, own) {
  const a = klass(s.op, real), b = klass(s.op, own);
  return `${words(s)}: ${a !== b ? `${a} | ${b}` : `${a}, but ${shape(real, own)}`}`;
}

// Did the write change the streams otherwise than on the real server?
function diverges(s, real, own) {
  const rev = a => a?.success ? String(a.success.revision) : 'no';
  if (s.op === 'append' || s.op === 'setMetadata') return (s.op === 'setMetadata' || s.many || (s.events || []).length > 0) && rev(real) !== rev(own);
  if (s.op === 'batchAppend') return JSON.stringify((real?.answers || []).map(x => [x.c, rev(x)])) !== JSON.stringify((own?.answers || []).map(x => [x.c, rev(x)])) && s.msgs.some(m => (m.events || []).length > 0);
  if (s.op === 'together') return klass(s.op, real) !== klass(s.op, own);
  return WRITES.has(s.op) && klass(s.op, real) !== klass(s.op, own);
}
// A batch is judged append by append.
function parts(s, real, own) {
  if (s.op !== 'batchAppend' || !real?.answers || !own?.answers) return [kindOf(s, real, own)];
  const out = new Set(), cs = [...new Set([...real.answers, ...own.answers].map(x => x.c))];
  for (const c of cs) {
    let a = real.answers.filter(x => x.c === c), b = own.answers.filter(x => x.c === c);
    if (same(a, b)) continue;
    const bare = l => l.map(x => ({ ...x, expected: undefined }));
    if (a.length === b.length && a.some((x, i) => !same(x.expected, b[i].expected))) {
      out.add(`batchAppend: the answer ${a.some(x => x.expected !== undefined) ? 'repeats the expectation' : 'has no expectation'} | ${b.some(x => x.expected !== undefined) ? 'repeats it' : 'has none'}`);
      a = bare(a); b = bare(b);
      if (same(a, b)) continue;
    }
    const m = s.msgs.filter(m => m.c === c), events = m.flatMap(x => x.events || []);
    const what = `batchAppend ${typeof m[0]?.expect === 'number' ? 'revision' : m[0]?.expect ?? 'no expectation'}${events.length ? '' : ' no events'}`;
    const k = l => l.length ? l.map(x => x.success ? 'success' : x.error ? `error ${x.error.code}${x.error.details ? ' ' + x.error.details.type : ''}` : '?').join(' + ') : 'no answer';
    if (k(a) !== k(b)) out.add(`${what}: ${k(a)} | ${k(b)}`);
    else out.add(`${what}: ${k(a)}, but ${shape({ x: a }, { x: b }).replaceAll('x[].', '')}`);
  }
  const rest = x => ({ ...x, answers: undefined });
  if (!same(rest(real), rest(own))) out.add(`batchAppend: ends ${err(real.end) || 'not'} | ends ${err(own.end) || 'not'}`);
  if (!out.size) out.add('batchAppend: answers in another order');
  return [...out];
}

export { parts, diverges };
export async function replay(server, scenario, tag) {
  const run = new Run(server, scenario, tag), out = [];
  for (const [i, s] of scenario.steps.entries()) {
    const real = scenario.answers[i], own = await run.step(s, real);
    if (s.loose || same(own, real)) continue;
    const d = diverges(s, real, own);
    for (const kind of parts(s, real, own)) out.push({ scenario: scenario.name, family: scenario.family, step: i, request: s, real, own, kind, diverges: d });
  }
  run.close();
  return out;
}

// A scenario that a later file has again counts as that file has it.
export function readScenarios(files) {
  const byName = new Map();
  for (const f of files) for (const line of fs.readFileSync(f, 'utf8').split('\n')) if (line.trim()) { const s = JSON.parse(line); if (s.steps) byName.set(s.name, s); }
  return [...byName.values()];
}

// The scenarios that may still differ, and the same file without those that do not any more.
function readOpen(file) { return new Set(fs.readFileSync(file, 'utf8').split('\n').map(l => l.trim()).filter(l => l && !l.startsWith('#'))); }
function shrink(file, gone) { fs.writeFileSync(file, fs.readFileSync(file, 'utf8').split('\n').filter(l => !gone.has(l.trim())).join('\n')); }

// ---------------------------------------------------------------- the program

function parse(argv) {
  const o = { files: [], user: [] };
  const flags = new Set(['all', 'help', 'quiet', 'shrink']);
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i];
    if (!a.startsWith('--')) { o.files.push(a); continue; }
    const [k, v] = a.slice(2).split('=', 2);
    const value = flags.has(k) ? true : v ?? argv[++i];
    if (k === 'user') o.user.push(value); else o[k] = value;
  }
  return o;
}
const usage = `node judge.mjs --server HOST:PORT --proto DIR [--auth USER:PASSWORD] [--user NAME=USER:PASSWORD]... [--ca FILE]
  [--family A,B] [--scenario TEXT] [--known FILE] [--open FILE [--shrink]] [--jobs N] [--again N] [--all] [--quiet] [--json FILE] [--record FILE] FILES...`;

async function main() {
  const o = parse(process.argv.slice(2));
  if (o.help || !o.server || !o.proto || !o.files.length) { console.log(usage); process.exit(o.help ? 0 : 2); }
  const users = { wrong: 'nobody:wrong' };
  if (o.auth) users.default = o.auth;
  for (const u of o.user) { const k = u.indexOf('='); users[u.slice(0, k)] = u.slice(k + 1); }
  const server = new Server({ address: o.server, protos: loadProtos(path.resolve(o.proto)), ca: o.ca, users });
  const families = o.family ? o.family.split(',') : null;
  let list = readScenarios(o.files).filter(s => (families ? families.includes(s.family) : s.family !== 'E') && (!o.scenario || s.name === o.scenario || s.name.includes(o.scenario)));
  const known = o.known === 'none' ? [] : (o.known ? [o.known] : [path.join(path.dirname(new URL(import.meta.url).pathname), 'known.jsonl')]).filter(f => fs.existsSync(f)).flatMap(f => fs.readFileSync(f, 'utf8').split('\n').filter(l => l.trim() && !l.startsWith('#')).map(l => JSON.parse(l)));
  for (const k of known) if (k.pattern) k.re = new RegExp(k.pattern);
  const isKnown = d => known.find(k => (k.kind === undefined || k.kind === d.kind) && (!k.re || k.re.test(d.kind)) && (k.scenario === undefined || d.scenario === k.scenario) && (k.step === undefined || d.step === k.step) && (k.kind !== undefined || k.re || k.scenario !== undefined));
  const mayDiffer = o.open ? readOpen(o.open) : new Set();
  const tag = Date.now().toString(36) + process.pid;

  if (o.record) { // the same scenarios with the answers of this server
    const out = fs.createWriteStream(o.record);
    for (const s of list) {
      const run = new Run(server, s, tag), answers = [];
      for (const x of s.steps) answers.push(await run.step(x));
      run.close();
      out.write(JSON.stringify({ ...s, answers }) + '\n');
    }
    await new Promise(r => out.end(r));
    process.exit(0);
  }

  const results = new Map();
  const unsteady = [], again = s => mayDiffer.has(s.name) && !o.shrink ? 0 : Number(o.again ?? 1);
  const work = async s => { try {
    let ds = await replay(server, s, tag);
    for (let i = 0; i < again(s) && ds.some(d => !isKnown(d)); i++) { // a difference counts if it is there again
      const next = await replay(server, s, tag + '/' + i);
      if (next.length < ds.length) { const d = ds.find(d => !next.some(x => x.step === d.step && x.kind === d.kind)); unsteady.push(`${s.name} step ${d.step}: ${d.kind}`); ds = next; }
    }
    results.set(s, ds);
  } catch (e) { results.set(s, [{ scenario: s.name, family: s.family, step: -1, request: { op: 'judge' }, kind: 'judge: ' + e.message }]); } };
  const queue = list.filter(s => !s.alone), alone = list.filter(s => s.alone);
  await Promise.all(Array.from({ length: Number(o.jobs || 4) }, async () => { while (queue.length) await work(queue.shift()); }));
  for (const s of alone) await work(s);

  const families_ = {}, kinds = new Map(), json = o.json ? fs.openSync(o.json, 'w') : null;
  let open = 0;
  const equalNow = new Set(), broken = new Set();
  for (const s of list) {
    const f = families_[s.family] ??= { scenarios: 0, steps: 0, equal: 0, differences: 0, known: 0, behind: 0 };
    f.scenarios++; f.steps += s.steps.length;
    const ds = results.get(s);
    if (!ds.length) f.equal++;
    // After a write that was answered otherwise the streams may differ, and what follows is counted apart; so are further
    // reads of a stream of which a read has already shown other events.
    let cause = null;
    const read = new Map();
    for (const [n, d] of ds.entries()) {
      const target = d.request.stream ?? d.request.sub ?? '$all';
      const other = /events (missing|doubled|too many)|in another order|other numbers/.test(d.kind);
      d.behind = cause && cause.step !== d.step ? cause.kind : other ? read.get(target) : undefined;
      d.known = isKnown(d)?.reason;
      if (json) fs.writeSync(json, JSON.stringify(d) + '\n');
      if (d.behind) { f.behind++; if (!o.all) continue; } else {
        if (d.known) f.known++; else { f.differences++; open++; }
        const k = kinds.get(d.kind) || { count: 0, first: d, known: d.known };
        k.count++;
        if (d.step < k.first.step) k.first = d;
        kinds.set(d.kind, k);
        if (other) read.set(target, d.kind);
        if (d.diverges) cause = d;
      }
      if (!o.quiet && (!d.known || o.all)) {
        console.log(`\n${d.family} ${d.scenario}, step ${d.step}: ${d.kind}${d.known ? ' (known: ' + d.known + ')' : ''}${d.behind ? ' (behind another difference)' : ''}`);
        if (ds[n - 1]?.step !== d.step) {
          console.log('  request: ' + JSON.stringify(d.request));
          console.log('  real:    ' + JSON.stringify(d.real));
          console.log('  here:    ' + JSON.stringify(d.own));
        }
      }
    }
    if (ds.some(d => !d.behind && !d.known)) { if (!mayDiffer.has(s.name)) broken.add(s.name); } else if (mayDiffer.has(s.name)) equalNow.add(s.name);
  }
  console.log('\nfamily  scenarios  steps  equal scenarios  differences  known  behind them');
  for (const [k, f] of Object.entries(families_).sort()) console.log(`${k.padEnd(6)}  ${String(f.scenarios).padStart(9)}  ${String(f.steps).padStart(5)}  ${String(f.equal).padStart(15)}  ${String(f.differences).padStart(11)}  ${String(f.known).padStart(5)}  ${String(f.behind).padStart(11)}`);
  if (kinds.size) console.log('\nkinds of difference (request: real | here), how often first in a scenario, and the earliest:');
  for (const [k, v] of [...kinds].sort((a, b) => b[1].count - a[1].count)) console.log(`${String(v.count).padStart(5)}  ${k}  [${v.first.scenario} step ${v.first.step}]${v.known ? ' known: ' + v.known : ''}`);
  if (unsteady.length) console.log('\nnot the same answers when asked again (not counted):\n' + unsteady.map(x => '  ' + x).join('\n'));
  if (equalNow.size) {
    console.log(`\n${equalNow.size} scenarios of ${o.open} differ no more${o.shrink ? ' and were taken from it' : ': take them from it with --shrink'}`);
    if (o.shrink) shrink(o.open, equalNow);
  }
  if (o.open) console.log(broken.size ? `\n${broken.size} scenarios differ that must not:\n${[...broken].map(x => '  ' + x).join('\n')}` : '\nnothing differs that must not');
  // Whoever reads from a pipe gets all of it.
  process.stdout.write('', () => process.exit((o.open ? broken.size : open) ? 1 : 0));
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) main().catch(e => { console.error(e); process.exit(2); });
