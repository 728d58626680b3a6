/** A size for people: `512 B`, `9.1 kB`, `1.35 MB` (powers of 1000). */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(2)} MB`;
}
