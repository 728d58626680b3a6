import * as guest from "./guest";
import { allocate, release } from "./memory";
import { drop, own } from "./interned";

// Which plugin (root context) a stream belongs to. While a VM has only one plugin, nothing is stored for a stream.
//   plugin: next, id, chain of its interned blocks

const PER_STREAM: u32 = 1 << 30;

/** The result of {@link guest.callbacks}. */
let defined: u32 = 0;
let started: bool = false;

let plugins: usize = 0;
/** The plugin of every stream without an entry: the only plugin when the stream began. */
let only: u32 = 0;
const NONE: u32 = u32.MAX_VALUE;
/** The context that is selected in the guest. */
let selected: u32 = NONE;

/** Hash table of streams: pairs of stream and plugin, empty where the stream is 0. */
let table: usize = 0;
let slots: u32 = 0;
let count: u32 = 0;

/** Evaluates the filter, in a VM's first callback. */
function start(): void {
  if (started) return;
  started = true;
  defined = guest.callbacks();
  guest.endCallbacks(defined);
  guest.settle();
  // What the filter has interned so far lives as long as the VM.
  own();
}

/** The callbacks that the filter defines, as bits: for the lowering step, which then exports no others. */
export function defined_callbacks(): u32 {
  start();
  return defined;
}

export function create(context: u32, parent: u32): void {
  if (parent == 0) {
    start();
    addPlugin(context);
    return;
  }
  if (defined & PER_STREAM) {
    guest.onStream(context, parent);
    guest.endOnStream();
    guest.settle();
  } else if (parent != only) {
    insert(context, parent);
  }
}

export function remove(context: u32): void {
  if (removePlugin(context)) return;
  if (defined & PER_STREAM) {
    guest.onStreamEnd(context);
    guest.endOnStreamEnd();
    guest.settle();
    if (selected == context) selected = NONE;
  } else if (count != 0) {
    erase(context);
  }
}

export function configure(plugin: u32, size: u32): u32 {
  const accepted = guest.onConfigure(plugin, size);
  guest.endOnConfigure(accepted);
  guest.settle();
  const made = own();
  const entry = find(plugin);
  if (accepted != 0 && entry != 0) {
    drop(load<usize>(entry, 8));
    store<usize>(entry, made, 8);
  } else {
    drop(made);
  }
  // The plugin has a new configuration.
  selected = NONE;
  return accepted;
}

/** Selects a stream for the guest's next calls; false if the guest has no state for it. */
export function serve(context: u32): bool {
  let owner = only;
  if (defined & PER_STREAM) owner = context;
  else if (count != 0) owner = lookup(context);
  if (owner == selected) return true;
  const found = guest.select(owner);
  guest.endSelect(found);
  selected = found != 0 ? owner : NONE;
  return found != 0;
}

function find(plugin: u32): usize {
  let entry = plugins;
  while (entry != 0 && load<u32>(entry, 4) != plugin) entry = load<usize>(entry);
  return entry;
}

function addPlugin(id: u32): void {
  const entry = allocate(12);
  store<usize>(entry, plugins);
  store<u32>(entry, id, 4);
  store<usize>(entry, 0, 8);
  if (plugins == 0) only = id;
  plugins = entry;
}

function removePlugin(id: u32): bool {
  const entry = find(id);
  if (entry == 0) return false;
  if (plugins == entry) plugins = load<usize>(entry);
  else {
    let before = plugins;
    while (load<usize>(before) != entry) before = load<usize>(before);
    store<usize>(before, load<usize>(entry));
  }
  guest.onPluginEnd(id);
  guest.endOnPluginEnd();
  guest.settle();
  drop(load<usize>(entry, 8));
  release(entry);
  // Its streams end before it does, so no stream without an entry is left.
  if (only == id) only = 0;
  if (only == 0 && plugins != 0 && load<usize>(plugins) == 0) only = load<u32>(plugins, 4);
  if (selected == id) selected = NONE;
  return true;
}

// @ts-ignore: decorator
@inline
function slotOf(stream: u32): u32 {
  return (stream * 0x9e3779b1) & (slots - 1);
}

function lookup(stream: u32): u32 {
  let i = slotOf(stream);
  let key = load<u32>(table + 8 * i);
  while (key != stream && key != 0) {
    i = (i + 1) & (slots - 1);
    key = load<u32>(table + 8 * i);
  }
  return key == 0 ? only : load<u32>(table + 8 * i, 4);
}

function insert(stream: u32, plugin: u32): void {
  if ((count + 1) * 2 > slots) grow();
  let i = slotOf(stream);
  while (load<u32>(table + 8 * i) != 0) i = (i + 1) & (slots - 1);
  store<u32>(table + 8 * i, stream);
  store<u32>(table + 8 * i, plugin, 4);
  count++;
}

function grow(): void {
  const old = table;
  const oldSlots = slots;
  slots = slots == 0 ? 64 : slots * 2;
  table = allocate(8 * slots);
  memory.fill(table, 0, 8 * slots);
  count = 0;
  for (let i: u32 = 0; i < oldSlots; i++) {
    if (load<u32>(old + 8 * i) != 0) insert(load<u32>(old + 8 * i), load<u32>(old + 8 * i, 4));
  }
  if (old != 0) release(old);
}

/** Removes a stream, and moves up the streams that it displaced (Knuth's algorithm R). */
function erase(stream: u32): void {
  let i = slotOf(stream);
  while (load<u32>(table + 8 * i) != stream) {
    if (load<u32>(table + 8 * i) == 0) return;
    i = (i + 1) & (slots - 1);
  }
  count--;
  for (let j = i; ; ) {
    j = (j + 1) & (slots - 1);
    const key = load<u32>(table + 8 * j);
    if (key == 0) break;
    const home = slotOf(key);
    if (((j - home) & (slots - 1)) >= ((j - i) & (slots - 1))) {
      store<u64>(table + 8 * i, load<u64>(table + 8 * j));
      i = j;
    }
  }
  store<u64>(table + 8 * i, 0);
}
