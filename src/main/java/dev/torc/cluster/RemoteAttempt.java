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
 * One attempt of a job that a scheduler is to run: a launch, as for an attempt that runs here, and
 * what its script and the scheduler must know besides.
 *
 * @param key identifies the attempt
 * @param launch what its script runs, as {@link Launch#handedOut} has it
 * @param expected seconds that it is likely to take, 0 if not known; the rest of the batch's time
 *     must hold them if there is no time limit
 * @param products declared files and folders and the depfile; last, the files that patterns matched
 * @param patterns the patterns of its products
 * @param resources what it takes on the machine that runs it, without a time
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
   * A product whose place is cleared, whose folder is made, and whose files are listed at the end.
   *
   * @param path absolute
   * @param folder whether it is a folder
   * @param clearing how its place is cleared
   */
  public record Product(Path path, boolean folder, Clearing clearing) {}

  /** How the place of a product is cleared. */
  public enum Clearing {
    /** It is not: what stands there stays, for a job that continues with its products. */
    KEEP,
    /** The script moves aside what stands there when it has claimed the job. */
    CLEAR,
    /** Torc does so before it hands out the job: a pattern matched it, which no script can see. */
    AHEAD;

    private final String word = name().toLowerCase(Locale.ROOT);

    @Override
    public String toString() {
      return word;
    }

    /**
     * Returns the constant that a word names; throws {@link IllegalArgumentException} for others.
     */
    static Clearing of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * A pattern of products in the words of {@code find}; it may match more. Both patterns have no
   * wildcard but {@code *}.
   *
   * @param folder the folder in which all matches lie; absolute
   * @param beyond the pattern of folders in which no matches lie
   * @param like the pattern of all matches; absolute
   */
  public record ProductPattern(Path folder, String beyond, String like) {}

  /**
   * Returns seconds that decide what fits into a batch: expected, else the limit; 0 if not known.
   */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }

  /**
   * Identifies an attempt that was handed out, with its manifest: from that a later build knows
   * whether its result still holds.
   *
   * @param job the job's name
   * @param build the id of the build that handed it out
   * @param attempt counts the job's attempts in that build, from 1
   * @param manifest digest of all that decides whether its result is valid, in hexadecimal digits
   * @param command digest of the manifest without the contents of the needs, but with what a
   *     scheduler is asked for
   * @param cause why the job runs, as a word for a later build; empty if that is not known
   */
  public record RemoteKey(
      String job, String build, int attempt, String manifest, String command, String cause) {}

  /** Is told what becomes of an attempt that a scheduler runs, by the tracker's thread. */
  public interface RemoteListener {

    /**
     * Tells that the attempt was handed out.
     *
     * @param id the scheduler's id of it; null if that is not known
     */
    void submitted(String id);

    /** Tells that the attempt had begun and its node failed; it is handed out anew. */
    default void nodeFailed() {}

    /**
     * Tells that the attempt is over, or that torc has stopped watching it; called once.
     *
     * @param end the end, as of an attempt that ran here; {@code PASSED_ON} if it stays out for a
     *     later torc, {@code NOT_REACHED} if torc ends before it was handed out; null if nothing of
     *     its job is out any more and the job is to be started: an earlier torc handed an attempt
     *     out, and that never ran, was lost, or no longer holds
     * @param places the places where its scripts left something, that of this end last; if it never
     *     began, only those where torc moved products aside
     */
    void ended(ProcessEnd end, List<HandedOutAttempt> places);
  }

  /**
   * One attempt as it lies in the folder of its batch script: its claim, what was moved aside from
   * the places of its products, whether it began, whether it is over. The engine decides what
   * becomes of all these files.
   *
   * @param folder the script's folder
   * @param key identifies the attempt
   * @param claim the attempt's name in that folder
   * @param products the products, in the order of their numbers there
   */
  public record HandedOutAttempt(
      BatchFolder folder,
      RemoteAttempt.RemoteKey key,
      String claim,
      List<RemoteAttempt.Product> products) {

    /**
     * Returns the place for what stood in a product's place before, even if nothing stood there.
     */
    public Path aside(int product) {
      return folder.aside(claim, product);
    }

    /** Moves aside the products that must make way before a script can run. */
    void clear() throws IOException {
      for (int i = 0; i < products.size(); i++) {
        if (products.get(i).clearing() == RemoteAttempt.Clearing.AHEAD) {
          folder.moveAside(claim, i, products.get(i).path());
        }
      }
    }

    /**
     * Returns whether torc may have moved something aside, though no script has claimed the
     * attempt.
     */
    boolean isCleared() {
      return !products.isEmpty() && products.getLast().clearing() == RemoteAttempt.Clearing.AHEAD;
    }

    /**
     * Returns whether a script says how the attempt ended, or a torc has the claim, so that no
     * script ever will. If no id of a scheduler is known, this call tries to claim the attempt for
     * {@code me}.
     */
    public boolean isOver(ClaimOwner me) throws IOException {
      ClaimOwner by = folder.owner(claim);
      return by != null && by.isTorc()
          || folder.status(claim, 0) != null
          || folder.ids().isEmpty() && folder.claim(claim, me);
    }

    /** Returns whether its processes started; this is known for sure once its end is known. */
    public boolean hasBegun() {
      return Files.exists(begun());
    }

    /**
     * Returns the file that was written when the places were clear and before the first process
     * started.
     */
    public Path begun() {
      return folder.begunFile(claim);
    }
  }
}
