package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.Cache.CacheSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lmdbjava.LmdbNativeException;

/**
 * A process that reads all records of a database, and can copy them into a new file with newly
 * written pages. Damage may crash this process. It takes no lock: during that time no build writes
 * to the database, or the caller holds a snapshot of it. {@link Recovery} interprets how the
 * process ends.
 */
public final class RecoveryProcess {

  /** Exit statuses. The output says how the database is damaged, or why that is unknown. */
  static final int TOLD = 65;

  static final int TROUBLE = 3;
  static final String FOREIGN = "of another version of torc";

  private static final int ENOMEM = 12;
  private static final int EINVAL = 22;

  /** The approximate number of bytes of records in one commit. */
  private static final int GATHER = 8 << 20;

  private final RecordStore from;
  private final RecordStore to; // null if records are only read
  private final RecordStore.Seal seal; // has the time and boot of the last commit
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
   * Reads the first file, and copies its records to the second file if there is one. Writes to
   * standard output how the first file is damaged, or why that is unknown; nothing if it is sound.
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
      // A damaged page made lmdbjava allocate too large a record.
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

  /** Returns how a database is damaged, or nothing; damage may also crash the process. */
  static String damage(Path data, Path copy) throws IOException {
    long room = 2 * Files.size(data);
    // The larger map comes first: if the old file then does not fit in memory, it is damaged.
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
