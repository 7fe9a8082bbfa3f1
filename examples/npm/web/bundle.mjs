// Joins the modules of src to one script, in place of a bundler: node bundle.mjs PRODUCT
import { readFileSync, writeFileSync } from "node:fs";

const modules = ["count.js", "main.js"].map((name) => readFileSync("src/" + name, "utf8"));
const text = modules.join("\n").replace(/^import .*\n+/gm, "").replace(/^export /gm, "");
writeFileSync(process.argv[2], text);
