package dev.torc.report;

import dev.torc.cache.Origin;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import java.util.List;

/**
 * What {@code torc store --verify} says.
 *
 * @param checked how many things were read
 * @param bytes theirs
 * @param faults parts of results that are not as they should be
 * @param results how many results were taken out for that, or would be
 */
public record VerifyAnswer(boolean dry, int checked, long bytes, List<Faulty> faults, int results)
    implements Answer {

  /** What is wrong with a part. */
  public enum Fault {
    /** It is not what was stored. */
    WRONG("is not what was stored"),
    /** It is not there. */
    MISSING("is missing"),
    /** Nobody knows: it cannot be read. */
    UNREADABLE("cannot be read");

    private final String words;

    Fault(String words) {
      this.words = words;
    }
  }

  /**
   * A part of a result that is not as it should be.
   *
   * @param job that made it
   * @param from the build that made it
   * @param path where it stood below the root; empty for what the job wrote
   * @param why why it cannot be read, empty for other faults
   */
  public record Faulty(String job, Origin from, String path, Fault fault, String why) {}

  /** Whether something is wrong. What is missing somebody took away, as anybody may. */
  public boolean isWrong() {
    return count(Fault.WRONG) > 0;
  }

  /** Whether something could not be read, so that nobody knows. */
  public boolean isOpen() {
    return count(Fault.UNREADABLE) > 0;
  }

  private int count(Fault fault) {
    int count = 0;
    for (Faulty each : faults) {
      count += each.fault == fault ? 1 : 0;
    }
    return count;
  }

  @Override
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    for (Faulty each : faults) {
      text.append(SafeText.name(each.job))
          .append(": ")
          .append(each.path.isEmpty() ? "what it wrote" : SafeText.name(each.path))
          .append(" of ")
          .append(OriginText.of(each.from))
          .append(' ')
          .append(palette.red(each.fault.words))
          .append(each.why.isEmpty() ? "" : ": " + SafeText.line(each.why))
          .append('\n');
    }
    return text.toString();
  }

  /** The last line, for people. */
  public String line() {
    StringBuilder line = new StringBuilder("checked ");
    line.append(Amount.count(checked, "product")).append(", ").append(Amount.size(bytes));
    if (faults.isEmpty()) {
      return line.append(": all is well").toString();
    }
    line.append(": %d wrong, %d missing".formatted(count(Fault.WRONG), count(Fault.MISSING)));
    if (isOpen()) {
      line.append(", ").append(count(Fault.UNREADABLE)).append(" not read");
    }
    return line.append("; ")
        .append(Amount.count(results, "result"))
        .append(dry ? " would be taken out" : " taken out")
        .toString();
  }

  @Override
  public void json(JsonWriter out) {
    out.flag("dry_run", dry)
        .number("checked", checked)
        .number("bytes", bytes)
        .objects(
            "faults",
            faults,
            each -> {
              out.text("job", each.job);
              OriginText.json(out, each.from);
              out.text("path", each.path)
                  .text("fault", JsonWriter.lower(each.fault))
                  .text("why", each.why);
            })
        .number("removed", results);
  }
}
