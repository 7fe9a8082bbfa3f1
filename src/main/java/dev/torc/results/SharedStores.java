package dev.torc.results;

import dev.torc.hash.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The shared stores of a build, asked in the order in which they were written. Nothing of them ends
 * a build or holds it up: what a store cannot do is told in one line, and is a miss. For several
 * threads; each question waits for its answer.
 */
public final class SharedStores implements AutoCloseable {

  /** So long, in nanoseconds, a look at the newest results may take. */
  private static final long LOOK = 1_200_000_000L;

  private final List<SharedStore> stores = new ArrayList<>();
  private final Uploads sender;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private SharedStores(String root, LongSupplier clock, Consumer<String> told) {
    this.sender = new Uploads(stores, new TextSearch(root), root, clock, stopped, told);
  }

  /**
   * Opens stores; none of them is asked yet.
   *
   * @param root the real path of the root
   * @param clock nanoseconds from any moment on
   * @param told takes lines for people, from any thread
   * @throws StoreRefusal where the settings cannot be, as {@link StoreSettings#check}, or a key
   *     cannot be read
   */
  public static SharedStores open(
      List<StoreSettings> settings, Path root, LongSupplier clock, Consumer<String> told)
      throws StoreRefusal {
    SharedStores all = new SharedStores(root.toString(), clock, told);
    Semaphore large = new Semaphore(1);
    for (StoreSettings each : settings) {
      SigningKey key = each.key() == null ? null : SigningKey.read(each.key());
      all.stores.add(
          new SharedStore(
              each.place(),
              each.trusted(key),
              key,
              root.toString(),
              clock,
              all.stopped,
              large,
              told));
    }
    return all;
  }

  /** The first store's result under a key that may be used here. */
  public SharedFound find(Digest key) {
    return find(key, 0);
  }

  /** The same of the stores behind the one that had this, whose blobs could not be had. */
  public SharedFound find(Digest key, SharedFound before) {
    return find(key, before.next());
  }

  private SharedFound find(Digest key, int from) {
    List<String> reasons = new ArrayList<>();
    for (int i = from; i < stores.size(); i++) {
      SharedLook<Result> look = stores.get(i).result(key);
      if (look.record() != null) {
        return new SharedFound(look.record(), look.store(), List.copyOf(reasons), i + 1);
      }
      if (look.reason() != null) {
        reasons.add("store " + look.store() + ": " + look.reason());
      }
    }
    return new SharedFound(null, null, List.copyOf(reasons), stores.size());
  }

  /** The lists of names under a first key, of all stores, newest first; each once. */
  public List<List<String>> names(Digest first) {
    Set<List<String>> lists = new LinkedHashSet<>();
    for (SharedStore store : stores) {
      FoundNames names = store.names(first).record();
      if (names != null) {
        lists.addAll(names.lists());
      }
    }
    return lists.stream().limit(FoundNames.MOST).toList();
  }

  /**
   * Hands over the newest results in the folders, whatever their keys: for people who wonder what
   * differs. Where the folders are slow, or very full, it is what was seen in a while. No server is
   * asked.
   *
   * @param most how many records are looked at in each folder
   */
  public void newest(int most, Consumer<SharedFound> visitor) {
    for (SharedStore store : stores) {
      store.newest(
          most,
          LOOK / stores.size(),
          each -> visitor.accept(new SharedFound(each, store.name(), List.of(), stores.size())));
    }
  }

  /**
   * Fetches blobs of a result into new files, checked.
   *
   * @param blobs each with the path of a file that is not there yet
   * @return null where all are there, else the reason in one line; then none is
   */
  public String fetch(SharedFound found, Map<Blob, Path> blobs) {
    return stores.get(found.next() - 1).fetch(found.result(), blobs);
  }

  /**
   * Sends a result beside the build, to the stores that take it. It does not wait.
   *
   * @param wall how long its job took, in nanoseconds
   */
  public void send(long wall, Upload.Maker result) {
    sender.send(wall, result);
  }

  /** How many results are still to be sent. */
  public int pending() {
    return sender.pending();
  }

  /**
   * Waits for what is being sent, after the build: as long as these jobs took, and 30 s at least.
   * What is not sent then is told.
   *
   * @return nanoseconds of this wait
   */
  public long finish() {
    return sender.finish();
  }

  /** Ends every wait, from any thread: the user ended the build. */
  public void stop() {
    stopped.set(true);
  }

  /** Says of each store what is still to be said, and lets go of all. */
  @Override
  public void close() {
    sender.close();
    stores.forEach(SharedStore::close);
  }
}
