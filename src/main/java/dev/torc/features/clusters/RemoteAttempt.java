package dev.torc.features.clusters;

import dev.torc.base.digests.Digest;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One attempt of a job for a scheduler to run: a launch, as for a local attempt, and what else its
 * script and the scheduler need.
 *
 * @param launch what its script runs, from {@link Launch#handedOut}
 * @param expected the expected time in seconds, 0 if unknown; a job without a time limit begins
 *     only if its batch has that much time left
 * @param products declared files and folders and the depfile; last, the files that patterns matched
 * @param folders where it may write
 */
public record RemoteAttempt(
    RemoteKey key,
    Launch launch,
    long expected,
    List<Product> products,
    List<ProductPattern> patterns,
    SchedulerResources resources,
    RemoteFolders folders) {

  private static final long SECOND = 1_000_000_000;

  /**
   * Where a job may write.
   *
   * @param ways the folders on the ways to its products, each with its text if it is a symlink;
   *     else with an empty one
   * @param own null for a job that runs in the root
   */
  public record RemoteFolders(Map<Path, String> ways, Own own) {}

  Own own() {
    return folders.own;
  }

  /**
   * How a job runs in a folder of its own, which patterns are of too. If its node fails, the
   * attempt ends: torc has to make the folder anew before it hands the job out again.
   *
   * @param products where the job makes its products
   * @param lost how often its node has failed
   */
  public record Own(List<Product> products, int lost) {}

  /** A product. Its place is cleared, its folder is made, and its files are listed at the end. */
  public record Product(Path path, boolean folder, Clearing clearing) {}

  /** How the place of a product is cleared. */
  public enum Clearing {
    KEEP, // not at all, for a job that continues with its products
    CLEAR, // by the script when it has claimed the job
    /** By torc before it hands out the job: a script cannot tell which files a pattern matched. */
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
   * A pattern of products for {@code find}; it may match other files too. {@code find} lists what
   * matches {@code like} in the folder, but skips folders that match {@code beyond}. Paths are
   * absolute, and {@code *} is the only wildcard.
   */
  public record ProductPattern(Path folder, String beyond, String like) {}

  /** Returns the seconds that a batch counts: the expected time, else the time limit, else 0. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }

  /**
   * Identifies an attempt that was handed out.
   *
   * @param build the id of the build that handed it out
   * @param attempt the number of the attempt in that build, from 1
   * @param manifest digest, in hex, of everything that decides whether its result is still valid
   * @param command digest of the same without the contents of needs, but with requested resources
   * @param cause why the job runs, as a word for a later build; empty if unknown
   */
  public record RemoteKey(
      String job, String build, int attempt, String manifest, String command, String cause) {

    /** Returns a key that no later torc has: a need changed while it was copied. */
    RemoteKey edited() {
      String other = Digest.ofText("edited " + manifest).hex();
      return new RemoteKey(job, build, attempt, other, other, cause);
    }
  }

  /** A listener for an attempt that a scheduler runs. The tracker's thread calls it. */
  public interface RemoteListener {

    /** Notes that the attempt was handed out; {@code id} is from the scheduler, null if unknown. */
    void submitted(String id);

    /** Notes that the attempt waits since the scheduler's queue is full. */
    default void waits() {}

    /** Notes that the node failed after the attempt began. The attempt is handed out again. */
    default void nodeFailed() {}

    /**
     * Notes, once, that the attempt is over, or that torc has stopped watching it.
     *
     * @param end {@code PASSED_ON} if it stays out for a later torc; {@code NOT_REACHED} if torc
     *     ends before it was handed out; null if the job must be started: the attempt of an earlier
     *     torc never ran, was lost, or is out of date, or the node died that ran it in a sandbox
     * @param places where its scripts wrote, the place of this end last; or where torc moved files
     */
    void ended(ProcessEnd end, List<HandedOutAttempt> places);
  }

  /**
   * One attempt in the folder of its batch script, named by its claim. Products are in the order of
   * their numbers. The engine decides what to do with its files.
   *
   * @param links the symlinks on the ways to its products when it was submitted, with their texts
   */
  public record HandedOutAttempt(
      BatchFolder folder,
      RemoteAttempt.RemoteKey key,
      String claim,
      List<RemoteAttempt.Product> products,
      Map<Path, String> links) {

    /** Returns the path to which an old file of a product is moved. */
    public Path aside(int product) {
      return folder.aside(claim, product);
    }

    /** Moves aside the files that torc must clear before it submits the script. */
    void clear() throws IOException {
      for (int i = 0; i < products.size(); i++) {
        if (products.get(i).clearing() == RemoteAttempt.Clearing.AHEAD) {
          folder.moveAside(claim, i, products.get(i).path());
        }
      }
    }

    /** Returns whether torc may have moved files aside before a script claimed the job. */
    boolean isCleared() {
      return !products.isEmpty() && products.getLast().clearing() == RemoteAttempt.Clearing.AHEAD;
    }

    /**
     * Returns whether a script wrote how the attempt ended, or a torc has the claim, so that no
     * script ever will. If no id from the scheduler is known, tries to claim the attempt.
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

    /** Returns the file that is written after clearing and before the first process. */
    public Path begun() {
      return folder.begunFile(claim);
    }
  }
}
