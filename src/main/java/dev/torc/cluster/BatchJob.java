package dev.torc.cluster;

import dev.torc.exec.Launch;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One attempt of a job as it stands in a batch's script.
 *
 * @param name of its claim, random and unique among all attempts ever: letters, digits, {@code _}
 *     and {@code -}
 */
public record BatchJob(String name, RemoteAttempt attempt) {

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
    if (attempt.launch().steps().isEmpty()) {
      throw new IllegalArgumentException("nothing to run: " + name);
    }
    for (Launch.Step step : attempt.launch().steps()) {
      if (step.container() != null) {
        throw new IllegalArgumentException("a batch starts no containers itself: " + name);
      }
    }
  }
}
