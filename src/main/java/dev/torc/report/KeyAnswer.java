package dev.torc.report;

/**
 * What {@code torc store --make-key} prints: the public word, alone, so that a script can take it.
 *
 * @param word as it stands in {@code trust}
 */
public record KeyAnswer(String word) implements Answer {

  @Override
  public String text(Palette palette) {
    return word + "\n";
  }

  @Override
  public void json(JsonWriter out) {
    out.text("word", word);
  }
}
