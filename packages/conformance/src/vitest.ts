export { conformanceProjects } from "./projects.ts";
export { conformanceReporter } from "./report/reporter.ts";
