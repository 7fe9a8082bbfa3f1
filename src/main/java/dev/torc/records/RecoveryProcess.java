package dev.torc.records;

import dev.torc.records.Cache.CacheException;
import dev.torc.records.Cache.CacheSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lmdbjava.LmdbNativeException;

/**
 * A process that reads all records of a database, and may copy them into a new file, in which
 * pages, their order and the list of free ones are new. Damage may end this process. It takes no
 * lock: no build writes to the database meanwhile, or the caller holds a snapshot of it. {@link
 * Recovery} knows what the end of the process means.
 */
public final class RecoveryProcess {

  /** Exit statuses: the output says how the database is damaged, or why that is unknown. */
  static final int TOLD = 65;

  static final int TROUBLE = 3;
  static final String FOREIGN = "of another version of torc";

  private static final int ENOMEM = 12;
  private static final int EINVAL = 22;

  /** Bytes of records in one commit. */
  private static final int GATHER = 8 << 20;

  private final RecordStore from;
  private final RecordStore to; // null where records are only read
  private final RecordStore.Seal seal; // as if the copy was committed when the database was
  private Batch.Change previous;

  private RecoveryProcess(RecordStore from, RecordStore to, CommitNote last) {
    this.from = from;
    this.to = to;
    CacheSettings then = new CacheSettings(0, last.boot(), last::time);
    this.seal = new RecordStore.Seal(then, from.position());
    if (to != null) {
      to.useTrees(seal);
    }
  }

  /**
   * Reads the first file, and copies its records to a second one. Writes to standard output how the
   * first is damaged, or why that is unknown; nothing if it is sound.
   */
  public static void main(String[] files) throws IOException {
    Thread.ofPlatform().daemon().start(RecoveryProcess::endWithParent);
    Path data = Path.of(files[0]);
    String said = "damaged";
    int exit = TOLD;
    try {
      said = damage(data, files.length > 1 ? Path.of(files[1]) : null);
    } catch (RuntimeException e) {
      if (e instanceof CacheException
          || e instanceof LmdbNativeException refused && refused.getResultCode() > 0) {
        said = CacheTrouble.of("cannot copy the cache", data, e).getMessage();
        exit = TROUBLE;
      } else {
        said = CacheTrouble.damage(e);
      }
    } catch (VirtualMachineError e) {
      // lmdbjava allocated a record as large as a damaged page says: it is damaged
    }
    System.out.writeBytes(said.getBytes(StandardCharsets.UTF_8));
    System.out.flush();
    Runtime.getRuntime().halt(exit);
  }

  private static void endWithParent() {
    try {
      System.in.read();
    } catch (IOException e) {
    }
    Runtime.getRuntime().halt(TROUBLE);
  }

  /** Returns how a database is damaged, or nothing; damage may also end the process. */
  static String damage(Path data, Path copy) throws IOException {
    long room = 2 * Files.size(data);
    // The larger map comes first: if there is no memory for the old file then, it is damaged.
    try (RecordStore to = copy == null ? null : RecordStore.withoutLockTable(copy, 2 * room, true);
        RecordStore from = old(data, room)) {
      if (from.snapshot() == 0) {
        return ""; // nothing was ever committed
      }
      if (from.isForeign()) {
        return FOREIGN;
      }
      CommitNote last = from.lastCommit();
      if (last == null || last.transaction() != from.snapshot()) {
        return "damaged in its last commit";
      }
      from.useTrees();
      from.each(GATHER, new RecoveryProcess(from, to, last)::take);
      return "";
    }
  }

  private static RecordStore old(Path data, long room) {
    try {
      return RecordStore.withoutLockTable(data, room, false);
    } catch (LmdbNativeException e) {
      boolean lies = e.getResultCode() == ENOMEM || e.getResultCode() == EINVAL;
      throw lies ? new IllegalStateException("its size", e) : e;
    }
  }

  private void take(List<Batch.Change> records) {
    for (Batch.Change each : records) {
      boolean found = to != null || from.get(each.tree, each.key) != null;
      boolean first = previous == null || previous.tree != each.tree;
      if (!found || !first && Arrays.compareUnsigned(previous.key, each.key) >= 0) {
        throw new IllegalStateException("the order of its keys");
      }
      previous = each;
    }
    if (to != null) {
      to.write(records, false, seal);
    }
  }
}
