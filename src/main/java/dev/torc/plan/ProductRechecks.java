package dev.torc.plan;

import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at all products of a needed job or group, for all of its readers together (rule 6). A look
 * that began after a reader ended sees all that moved while it ran, also if it was taken for
 * another reader; so a thousand readers of a thousand files need not look at each file two thousand
 * times. Moments are counted, not read off a clock. Safe for several threads. {@link NeedSnapshot}
 * decides what follows from a file that moved.
 */
final class ProductRechecks {

  /**
   * What one look at all members saw.
   *
   * @param begun the moment before its first look
   * @param files the members that stand by themselves, by path; the same map as that of the look
   *     before where nothing differs at all
   * @param folders the members that are folders
   */
  record Recheck(
      long begun,
      NeedMembers members,
      Map<String, KnownDigest> files,
      Map<String, FolderDigest> folders) {}

  /** The last sweep of a list; the holder of its lock is looking. */
  private static final class Slot {
    private Recheck last;
  }

  private final NeedContents contents;
  private final DigestMemo digests;
  private final AtomicLong moments = new AtomicLong();
  private final ConcurrentMap<Integer, Slot> slots = new ConcurrentHashMap<>();

  ProductRechecks(NeedContents contents, DigestMemo digests) {
    this.contents = contents;
    this.digests = digests;
  }

  /** This moment. */
  long now() {
    return moments.incrementAndGet();
  }

  /** What a look sees that began after a moment: one that another reader took, or a new one. */
  Recheck after(int list, long moment) throws IOException {
    Slot slot = slots.computeIfAbsent(list, _ -> new Slot());
    synchronized (slot) {
      if (slot.last == null || slot.last.begun <= moment) {
        long begun = now();
        slot.last = stands(slot.last) ? again(begun, slot.last) : look(begun, list);
      }
      return slot.last;
    }
  }

  /** Whether each member has the very stamp that it had: one call for each and no more. */
  private boolean stands(Recheck last) throws IOException {
    if (last == null || !last.folders.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, KnownDigest> file : last.files.entrySet()) {
      if (!digests.stamp(file.getKey()).equals(file.getValue().stamp())) {
        return false;
      }
    }
    return true;
  }

  private static Recheck again(long begun, Recheck last) {
    return new Recheck(begun, last.members, last.files, last.folders);
  }

  private Recheck look(long begun, int list) {
    Map<String, KnownDigest> files = new LinkedHashMap<>();
    Map<String, FolderDigest> folders = new HashMap<>();
    NeedMembers members =
        contents.fresh(
            list,
            path -> {
              KnownDigest known = digests.of(path);
              files.put(path, known);
              if (known.stamp().kind() == Stamp.Kind.FOLDER) {
                folders.put(path, digests.folder(path, false));
              }
              return known;
            });
    return new Recheck(begun, members, files, folders);
  }
}
