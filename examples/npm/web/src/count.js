/**
 * Counts the words of a text.
 *
 * @param {string} text
 * @returns {number}
 */
export function count(text) {
  return text.split(/\s+/).filter((word) => word !== "").length;
}
