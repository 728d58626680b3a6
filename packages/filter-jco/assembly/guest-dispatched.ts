// What a component of the world `dispatched-filter` has instead of one function for each callback.

@external("guest", "on-event")
export declare function guestEvent(callback: u32, a: u32, b: u32, c: u32, d: u32, e: u32): u32;
@external("guest", "post-on-event")
export declare function endGuestEvent(result: u32): void;
