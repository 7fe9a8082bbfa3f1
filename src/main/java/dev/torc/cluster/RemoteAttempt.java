package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerResources;
import dev.torc.local.Launch;
import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One attempt of a job that a scheduler is to run: a launch as for one that runs here, and what its
 * script and the scheduler must know besides.
 *
 * @param key which attempt it is
 * @param launch what its script runs, as {@link Launch#handedOut} has it
 * @param expected seconds that it is likely to take, 0 where it is not known: without a time limit
 *     the rest of the batch's time must hold that
 * @param products declared files and folders, the depfile too; last, what patterns matched
 * @param patterns of products
 * @param resources of the machine that runs it, without a time
 */
public record RemoteAttempt(
    RemoteKey key,
    Launch launch,
    long expected,
    List<Product> products,
    List<ProductPattern> patterns,
    SchedulerResources resources) {

  private static final long SECOND = 1_000_000_000;

  /**
   * A product whose place is cleared, whose folder is made, and whose files are told at the end.
   *
   * @param path absolute
   * @param folder whether it is a folder
   * @param clearing how its place is cleared
   */
  public record Product(Path path, boolean folder, Clearing clearing) {}

  /** How the place of a product is cleared. */
  public enum Clearing {
    /** It stays, as for a job that goes on with its products. */
    KEEP,
    /** The script moves it aside when it has claimed the job. */
    CLEAR,
    /** Torc does, before it hands out the job: a pattern matched it, which no script can tell. */
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

  /**
   * A pattern of products as {@code find} knows it, which may match more. Both patterns are plain
   * but for {@code *}.
   *
   * @param folder that all matches are in; absolute
   * @param beyond folders in which there are none
   * @param like all matches; absolute
   */
  public record ProductPattern(Path folder, String beyond, String like) {}

  /** Seconds that count for what fits into a batch; 0 where nothing is known. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }

  /**
   * Which attempt of which job something is that was handed out, and by which manifest: so a later
   * build knows whether its result still holds.
   *
   * @param job the job's name
   * @param build the id of the build that handed it out
   * @param attempt counts the job's attempts in that build, from 1
   * @param manifest digest of all that decides whether its result is valid, in hexadecimal digits
   * @param command digest of the same without what the needs hold, and with what a scheduler is
   *     asked for
   * @param cause why it runs, as a word for a later build; empty where that is not known
   */
  public record RemoteKey(
      String job, String build, int attempt, String manifest, String command, String cause) {}

  /** Is told what becomes of an attempt that a scheduler runs, by the thread that sees to it. */
  public interface RemoteListener {

    /**
     * It was handed out.
     *
     * @param id the scheduler's; null where that is not known
     */
    void submitted(String id);

    /** It had begun and is lost; it is handed out anew. */
    default void lost() {}

    /**
     * It is over, or looked after no more; called once.
     *
     * @param end as of one that ran here; {@code LEFT} where a later torc finds it, {@code
     *     NOT_REACHED} where it was never handed out and torc ends; null where nothing of it is out
     *     any more and it is to be started, as for one that an earlier torc handed out and that
     *     never ran or was lost
     * @param places where its scripts left something, the one that ended so last; empty where it
     *     never began
     */
    void ended(ProcessEnd end, List<HandedOutAttempt> places);
  }

  /**
   * One attempt as it lies in the folder of its batch script: its claim, what was moved aside from
   * the places of its products, whether it began, whether it is over. The engine decides about
   * those files.
   *
   * @param folder of the script
   * @param key of the attempt
   * @param claim its name there
   * @param products in the order of their numbers
   */
  public record HandedOutAttempt(
      BatchFolder folder,
      RemoteAttempt.RemoteKey key,
      String claim,
      List<RemoteAttempt.Product> products) {

    /** Where a product went that stood there before, whether it did or not. */
    public Path aside(int product) {
      return folder.aside(claim, product);
    }

    /** Moves aside what is to make way before a script can run. */
    void clear() throws IOException {
      for (int i = 0; i < products.size(); i++) {
        if (products.get(i).clearing() == RemoteAttempt.Clearing.AHEAD) {
          folder.moveAside(claim, i, products.get(i).path());
        }
      }
    }

    /** Whether something may lie aside though no script has claimed it. */
    boolean isCleared() {
      return !products.isEmpty() && products.getLast().clearing() == RemoteAttempt.Clearing.AHEAD;
    }

    /**
     * Whether a script says how it ended, or a torc has it and no script ever will. One of which it
     * is not known that a scheduler has it is taken.
     */
    public boolean isOver(ClaimOwner me) throws IOException {
      ClaimOwner by = folder.owner(claim);
      return by != null && by.isTorc()
          || folder.status(claim, 0) != null
          || folder.ids().isEmpty() && folder.claim(claim, me);
    }

    /** Whether its processes started, as is known for sure once its end is. */
    public boolean hasBegun() {
      return Files.exists(begun());
    }

    /**
     * The file that was written when the places were clear and before the first process started.
     */
    public Path begun() {
      return folder.begunFile(claim);
    }
  }
}
