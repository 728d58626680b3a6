import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { Download } from "../subjects/download.ts";

/** A module downloaded from a manifest's `url`, and its expected digest. */
export interface DownloadSubject {
  readonly url: string;
  readonly download: Download;
  /** The manifest's `sha256`, in hexadecimal. */
  readonly sha256?: string;
}

/** Rules about modules behind `http://` and `https://` URLs. */
export const DOWNLOAD_RULES: readonly Rule<DownloadSubject>[] = [
  {
    id: "download-failed",
    severity: "error",
    refuses: "a module that could not be downloaded",
    source: "istio pkg/wasm/httpfetcher.go, Fetch",
    find: ({ url, download }) =>
      diagnosisIf(download.failure !== undefined, () => ({
        what: `${url} could not be downloaded: ${download.failure}`,
        why: `Istio: "wasm module download failed after ${"attempts" in download ? download.attempts : 1} attempts, last error: …"`,
        fix: "check the URL; the proxies must be able to reach it",
      })),
  },
  {
    id: "download-sha256",
    severity: "error",
    refuses: "a file whose digest differs from sha256",
    source: "istio pkg/wasm/cache.go, Get",
    find: ({ url, download, sha256 }) => {
      const has = "digest" in download ? download.digest.slice("sha256:".length) : undefined;
      return diagnosisIf(Boolean(sha256) && has !== undefined && has !== sha256, () => ({
        what: `the sha256 of ${url} differs from the manifest's`,
        why: `Istio: "module downloaded from ${url} has checksum ${has}, which does not match: ${sha256}"`,
        fix: `if the file is the right one, set sha256: ${has}, which is the digest of the unpacked wasm file`,
      }));
    },
  },
];
