package dev.torc.exec;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One attempt of a job as it stands in a batch's script.
 *
 * @param name random and unique among all attempts ever: letters, digits, {@code _} and {@code -}
 * @param steps processes to run one after the other, none in a container of torc's own; the first
 *     that fails ends the attempt
 * @param log file that takes standard output and error of all steps
 * @param append whether the log is continued or begun anew
 * @param timeLimit nanoseconds for all steps together, held to the second; 0 for none
 * @param memoryLimit bytes for the whole process tree, held only where the script is told to; 0 for
 *     none
 * @param expected seconds that it is likely to take, 0 where nobody knows: without a time limit the
 *     rest of the batch's time must hold that
 * @param products declared files and folders, the depfile too; last, what patterns matched
 */
public record BatchJob(
    String name,
    List<Launch.Step> steps,
    Path log,
    boolean append,
    long timeLimit,
    long memoryLimit,
    long expected,
    List<Product> products) {

  /**
   * A product whose place is cleared, whose folder is made, and whose size is reported.
   *
   * @param path absolute
   * @param folder whether it is a folder
   * @param clearing what becomes of what stands there
   */
  public record Product(Path path, boolean folder, Clearing clearing) {}

  /** What becomes of what stands in the place of a product. */
  public enum Clearing {
    /** It stays, as for a job that goes on with its products. */
    KEEP,
    /** The script moves it aside when it has claimed the job. */
    CLEAR,
    /** Torc does, before it hands out the job: a pattern matched it, of which no script knows. */
    AHEAD;

    private final String word = name().toLowerCase(Locale.ROOT);

    @Override
    public String toString() {
      return word;
    }

    /** The one with a word; throws {@link IllegalArgumentException} for another. */
    static Clearing of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /** Throws {@link IllegalArgumentException} for what a script cannot hold. */
  public BatchJob {
    if (!name.matches("[A-Za-z0-9_-]{1,200}")) {
      throw new IllegalArgumentException("the name of a claim is no plain word: " + name);
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("nothing to run: " + name);
    }
    for (Launch.Step step : steps) {
      if (step.container() != null) {
        throw new IllegalArgumentException("a batch starts no containers itself: " + name);
      }
    }
  }
}
