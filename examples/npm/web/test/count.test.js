import assert from "node:assert";
import { test } from "node:test";
import { count } from "../src/count.js";

test("words are counted", () => {
  assert.equal(count(" one two\nthree "), 3);
  assert.equal(count(""), 0);
});
