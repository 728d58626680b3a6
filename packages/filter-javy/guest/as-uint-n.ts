// Replaces QuickJS's BigInt.asUintN, whose results are negative where a limb's highest bit is set: bundle.ts adds this file to scripts that use it.
const { asUintN } = BigInt;

BigInt.asUintN = {
  asUintN(bits: number, value: bigint): bigint {
    // Converted once: the argument may be an object.
    const width = +bits;
    const result = asUintN(width, value);
    return result < 0n ? result + (1n << BigInt(Math.trunc(width))) : result;
  },
}.asUintN;
