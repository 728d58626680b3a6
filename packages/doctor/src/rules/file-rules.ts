import { diagnosisIf, type Rule } from "proxy-wasm-host";

/** A `file://` URL whose file could not be read. */
export interface FileSubject {
  readonly url: string;
  readonly reason: string;
}

/** Rules about modules behind `file://` URLs. */
export const FILE_RULES: readonly Rule<FileSubject>[] = [
  {
    id: "file-unseen",
    severity: "info",
    refuses: "a file that is not on this machine",
    source: "istio pilot/pkg/model/extensions.go, buildDataSource",
    find: ({ url, reason }) =>
      diagnosisIf(true, () => ({
        what: `${url} was not looked at: ${reason}`,
        why: "Envoy opens the file in the proxy's container, which may have it",
        fix: "examine the file itself: filter-host doctor FILE",
      })),
  },
];
