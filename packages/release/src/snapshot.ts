/** Whether a version is a snapshot that changesets made, of any name. */
export function isAnySnapshot(version: string): boolean {
  return /^0\.0\.0-.+-\d{14}$/.test(version);
}

/** Whether a version is a snapshot that changesets made. */
export function isSnapshot(version: string, name: string): boolean {
  return new RegExp(`^0\\.0\\.0-${name.replace(/[^\w-]/g, "\\$&")}-\\d{14}$`).test(version);
}
