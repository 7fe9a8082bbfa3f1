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
 * what its script and the scheduler need besides.
 *
 * @param launch what its script runs, as {@link Launch#handedOut} has it
 * @param expected seconds that it is likely to take, 0 if unknown; without a time limit, a batch
 *     must have that much time before it begins
 * @param products declared files and folders and the depfile; last, the files that patterns matched
 */
public record RemoteAttempt(
    RemoteKey key,
    Launch launch,
    long expected,
    List<Product> products,
    List<ProductPattern> patterns,
    SchedulerResources resources) {

  private static final long SECOND = 1_000_000_000;

  /** A product: its place is cleared, its folder is made, and its files are listed at the end. */
  public record Product(Path path, boolean folder, Clearing clearing) {}

  /** How the place of a product is cleared. */
  public enum Clearing {
    KEEP, // not at all, for a job that continues with its products
    CLEAR, // by the script when it has claimed the job
    /** By torc before it hands out the job: a pattern matched it, which no script can see. */
    AHEAD;

    private final String word = name().toLowerCase(Locale.ROOT);

    @Override
    public String toString() {
      return word;
    }

    /** Returns the constant of a word; throws {@link IllegalArgumentException} for others. */
    static Clearing of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * A pattern of products for {@code find}, which may match more. All matches of {@code like} lie
   * in the folder, none in folders that match {@code beyond}. Paths are absolute, and {@code *} is
   * the only wildcard.
   */
  public record ProductPattern(Path folder, String beyond, String like) {}

  /** Returns seconds that decide what fits into a batch: expected, else the limit; 0 if unknown. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }

  /**
   * Identifies an attempt that was handed out.
   *
   * @param build the id of the build that handed it out
   * @param attempt counts the job's attempts in that build, from 1
   * @param manifest digest, in hex, of all that decides whether its result is still valid
   * @param command digest of the same without the needs' contents, with the resources to ask for
   * @param cause why the job runs, as a word for a later build; empty if unknown
   */
  public record RemoteKey(
      String job, String build, int attempt, String manifest, String command, String cause) {}

  /** Is told what becomes of an attempt that a scheduler runs, by the tracker's thread. */
  public interface RemoteListener {

    /** Tells that the attempt was handed out, with the scheduler's id; null if unknown. */
    void submitted(String id);

    /** Tells that the attempt had begun and its node failed; it is handed out again. */
    default void nodeFailed() {}

    /**
     * Tells once that the attempt is over, or that torc has stopped watching it.
     *
     * @param end {@code PASSED_ON} if it stays out for a later torc, {@code NOT_REACHED} if torc
     *     ends before it was handed out; null if the job is to be started, since nothing of it is
     *     out: the attempt of an earlier torc never ran, was lost, or is no longer valid
     * @param places where its scripts wrote, that of this end last; or only where torc moved files
     */
    void ended(ProcessEnd end, List<HandedOutAttempt> places);
  }

  /**
   * One attempt in the folder of its batch script, under the name of its claim, with its products
   * in the order of their numbers. The engine decides what becomes of its files.
   */
  public record HandedOutAttempt(
      BatchFolder folder,
      RemoteAttempt.RemoteKey key,
      String claim,
      List<RemoteAttempt.Product> products) {

    /** Returns where a product's old file is moved, if there is one. */
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

    /** Returns whether torc may have moved something aside before any script's claim. */
    boolean isCleared() {
      return !products.isEmpty() && products.getLast().clearing() == RemoteAttempt.Clearing.AHEAD;
    }

    /**
     * Returns whether a script says how the attempt ended, or a torc has the claim, so that no
     * script ever will. If no id of a scheduler is known, this call tries to claim it.
     */
    public boolean isOver(ClaimOwner me) throws IOException {
      ClaimOwner by = folder.owner(claim);
      return by != null && by.isTorc()
          || folder.status(claim, 0) != null
          || folder.ids().isEmpty() && folder.claim(claim, me);
    }

    /** Returns whether its processes started; certain only once its end is known. */
    public boolean hasBegun() {
      return Files.exists(begun());
    }

    /** Returns the file that is written between clearing and the first process. */
    public Path begun() {
      return folder.begunFile(claim);
    }
  }
}
