package dev.torc.bench;

/**
 * The edit of one source, and how many jobs have to run after it. A tool that goes by time runs all
 * that follows from the file; torc stops where a product came out the same.
 *
 * @param file path of the source
 * @param text its new text, with {@code %d} where the number of the round stands
 */
record Edit(String file, String text, int jobsByTime, int jobsByContent) {

  /** The text of a round, different in each. */
  String text(int round) {
    return text.formatted(round);
  }
}
