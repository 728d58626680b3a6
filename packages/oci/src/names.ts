/** Whether a text can be an image's tag (OCI distribution specification, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
}
