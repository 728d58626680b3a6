/** The lab's names, the defaults of manifests. */
export const LAB = {
  plugin: "wasm-example",
  namespace: "default",
  workload: "httpbin",
  /** The workload's version label. */
  version: "v1",
  /** Of the workload's Service; its pods listen on the container's port. */
  port: 8000,
  containerPort: 80,
  image: "docker.io/kennethreitz/httpbin",
  headers: { header_1: "some_value_1", header_2: "another_value" },
} as const;
