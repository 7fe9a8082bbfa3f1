package dev.torc.report;

import dev.torc.machine.SafeText;
import java.util.List;

/**
 * What {@code torc doctor} says: a line for each thing that builds depend on.
 *
 * @param checks in the order looked at
 */
public record DoctorAnswer(List<Check> checks) implements Answer {

  /** How bad it is. */
  public enum State {
    /** Nothing is to be done. */
    OK("ok"),
    /** Builds work, and something could be better. */
    ADVICE("advice"),
    /** No build works here. */
    PROBLEM("problem");

    private final String word;

    State(String word) {
      this.word = word;
    }
  }

  /**
   * One thing that was looked at.
   *
   * @param name a word for it
   * @param said what was found
   * @param next what to do, empty where nothing is to be done
   */
  public record Check(String name, State state, String said, String next) {}

  /** Whether something keeps builds from working. */
  public boolean prevents() {
    for (Check check : checks) {
      if (check.state == State.PROBLEM) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    for (Check check : checks) {
      String word =
          switch (check.state) {
            case OK -> palette.green(check.state.word);
            case ADVICE -> palette.yellow(check.state.word);
            case PROBLEM -> palette.red(check.state.word);
          };
      text.append(check.name)
          .repeat(' ', Math.max(1, 12 - check.name.length()))
          .append(word)
          .append(": ")
          .append(SafeText.line(check.said))
          .append(check.next.isEmpty() ? "" : "; " + SafeText.line(check.next))
          .append('\n');
    }
    return text.toString();
  }

  @Override
  public void json(JsonWriter out) {
    out.objects(
        "checks",
        checks,
        check ->
            out.text("name", check.name)
                .text("state", check.state.word)
                .text("text", check.said)
                .text("next", check.next));
  }
}
