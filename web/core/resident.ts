/* What a resident does, one flow a module; this one names them all. */
export * from "./cast.ts";
export * from "./check.ts";
export * from "./collect.ts";
export * from "./contact.ts";
export * from "./dispute.ts";
export * from "./records.ts";
