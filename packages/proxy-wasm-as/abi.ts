export * from "./assembly/abi";
