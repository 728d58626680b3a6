import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { Download } from "../subjects/download.ts";

/** What a manifest's `url` gives, and what it should be. */
export interface DownloadSubject {
  readonly url: string;
  readonly download: Download;
  /** What the manifest says it must be: hexadecimal digits. */
  readonly sha256?: string;
}

/** What a web server must give for an `http://` or `https://` URL. */
export const DOWNLOAD_RULES: readonly Rule<DownloadSubject>[] = [
  {
    id: "download-failed",
    severity: "error",
    refuses: "a server that does not give the module",
    source: "istio pkg/wasm/httpfetcher.go, Fetch",
    find: ({ url, download }) =>
      diagnosisIf(download.failure !== undefined, () => ({
        what: `${url} can't be had: ${download.failure}`,
        why: 'Istio: "wasm module download failed after 5 attempts, last error: …"',
        fix: "check the address, from where the proxies are",
      })),
  },
  {
    id: "download-sha256",
    severity: "error",
    refuses: "another file than sha256 says",
    source: "istio pkg/wasm/cache.go, Get",
    find: ({ url, download, sha256 }) => {
      const has = "digest" in download ? download.digest.slice("sha256:".length) : undefined;
      return diagnosisIf(Boolean(sha256) && has !== undefined && has !== sha256, () => ({
        what: `${url} gives a file of another sha256 than the manifest's`,
        why: `Istio: "module downloaded from ${url} has checksum ${has}, which does not match: ${sha256}"`,
        fix: `sha256: ${has}, if the file is right; of an http URL it is the wasm file's own, unpacked`,
      }));
    },
  },
];
