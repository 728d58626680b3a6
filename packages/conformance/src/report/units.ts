/** 1196366 as `1.20 MB`. */
export function bytes(size: number): string {
  if (size >= 1e7) return `${(size / 1e6).toFixed(1)} MB`;
  if (size >= 1e6) return `${(size / 1e6).toFixed(2)} MB`;
  return `${(size / 1e3).toFixed(1)} kB`;
}

/** 12345 as `12 345`, with a space that doesn't break. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** 1.126 as `1.13×`. */
export const times = (value: number): string => `${value.toFixed(2)}×`;

export const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** 23456 as `23.5k`, for values that are not exact. */
export const thousands = (value: number): string => `${(value / 1e3).toFixed(1)}k`;
