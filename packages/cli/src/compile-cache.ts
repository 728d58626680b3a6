import { enableCompileCache } from "node:module";

// Only modules that are imported after this are cached: a command's file imports it first and its main module dynamically. Without a folder
// that can be written to, the command runs without a cache.
enableCompileCache();
