export { conformanceProjects } from "./projects.ts";
export { conformanceReporter } from "./reporter.ts";
