import { count } from "./count.js";

globalThis.words = count("one two three");
