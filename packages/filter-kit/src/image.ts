import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { formatReference, type Reference } from "@wasm-header-filter/oci";
import { type Engine, type Project, shortName } from "./project.ts";

/** Where an engine's image goes, from the project's folder. */
export const imageFolder = (engine: Engine): string => `dist/${engine}`;

/** The OCI layout in it, absolute. */
export const layoutOf = ({ dir }: Project, engine: Engine): string => join(dir, imageFolder(engine), "oci");

/** What an engine adds to the tags of its image: nothing where there is one engine. */
export const suffixOf = ({ engines }: Project, engine: Engine): string => (engines.length > 1 ? `-${engine}` : "");

/** The tag of an engine's image. @param name instead of the version */
export const tagOf = (project: Project, engine: Engine, name = project.version): string =>
  `${name}${suffixOf(project, engine)}`;

/** @throws Failure if the project does not say where its images are pushed */
export function repositoryOf({ where, repository, name }: Project): Reference {
  if (repository) return repository;
  throw new Failure(
    `${where}.repository: missing, expected where images are pushed, such as ghcr.io/me/${shortName({ name })}`,
  );
}

/** As {@link repositoryOf}, as text. */
export const repositoryName = (project: Project): string => formatReference(repositoryOf(project));
