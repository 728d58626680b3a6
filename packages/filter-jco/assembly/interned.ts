import { allocate, release } from "./memory";

// Names and header lists in the proxy's format. Each is a block that starts with a link to the next one of the same owner. Its address is its
// handle.
//   name:    next, size, bytes
//   headers: next, count, count times (name, size, value, size), bytes

/** The blocks created since {@link own}. */
let fresh: usize = 0;

/** Returns the blocks created since the last call, as a chain for {@link drop}; 0 if there are none. */
export function own(): usize {
  const chain = fresh;
  fresh = 0;
  return chain;
}

export function drop(chain: usize): void {
  while (chain != 0) {
    const next = load<usize>(chain);
    release(chain);
    chain = next;
  }
}

function block(size: usize): usize {
  const made = allocate(size);
  store<usize>(made, fresh);
  fresh = made;
  return made;
}

export function host_intern_name(name: usize, size: usize): usize {
  const made = block(8 + size);
  store<usize>(made, size, 4);
  memory.copy(made + 8, name, size);
  return made;
}

export function host_intern_headers(headers: usize, count: usize): usize {
  let size: usize = 8 + 16 * count;
  for (let i: usize = 0; i < count; i++) size += load<usize>(headers + 16 * i, 4) + load<usize>(headers + 16 * i, 12);
  const made = block(size);
  store<usize>(made, count, 4);
  let at = made + 8 + 16 * count;
  for (let text: usize = 0; text < 2 * count; text++) {
    const length = load<usize>(headers + 8 * text, 4);
    store<usize>(made + 8 + 8 * text, at);
    store<usize>(made + 8 + 8 * text, length, 4);
    memory.copy(at, load<usize>(headers + 8 * text), length);
    at += length;
  }
  return made;
}
