package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList.ListKind;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp.FileKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at all members of a needed glob, folder, job or group once for all of its readers (rule 6).
 * A look that began after a reader ended sees all that moved while it ran, even if it was taken for
 * another reader; so a thousand readers of a thousand files do not look at each file two thousand
 * times. Moments are counted, not read from a clock. {@link NeedSnapshot} decides what follows from
 * a file that moved. Several threads may use it.
 */
final class ListLooks {

  /** The last look at a list. The thread that looks holds its lock. */
  private static final class Slot {
    private ListLook last;
  }

  private final Graph graph;
  private final NeedContents contents;
  private final DigestMemo digests;
  private final AtomicLong moments = new AtomicLong();
  private final ConcurrentMap<Integer, Slot> slots = new ConcurrentHashMap<>();

  ListLooks(Graph graph, NeedContents contents, DigestMemo digests) {
    this.graph = graph;
    this.contents = contents;
    this.digests = digests;
  }

  /** Returns a new moment, which is later than all before. */
  long now() {
    return moments.incrementAndGet();
  }

  /** Returns a look begun after the moment, if possible another reader's. */
  ListLook lookAfter(int list, long moment) throws IOException {
    Slot slot = slots.computeIfAbsent(list, _ -> new Slot());
    synchronized (slot) {
      ListLook last = slot.last;
      if (last == null || last.begun() <= moment) {
        long begun = now();
        slot.last =
            stands(list, last)
                ? new ListLook(
                    begun, last.members(), last.files(), last.folders(), last.way().anew())
                : look(begun, list);
      }
      return slot.last;
    }
  }

  /**
   * Returns whether each product of needed jobs has its old stamp, by one call for each. Globs and
   * folders may have new members, so they need a real look.
   */
  private boolean stands(int list, ListLook last) throws IOException {
    if (last == null || !graph.list(list).ofJobs() || !last.folders().isEmpty()) {
      return false;
    }
    for (Map.Entry<String, KnownDigest> file : last.files().entrySet()) {
      if (!digests.stamp(file.getKey()).equals(file.getValue().stamp())) {
        return false;
      }
    }
    return true;
  }

  private ListLook look(long begun, int list) throws IOException {
    Map<String, KnownDigest> files = new LinkedHashMap<>();
    Map<String, FolderDigest> folders = new HashMap<>();
    PathTrail way = new PathTrail(digests);
    NeedMembers members =
        contents.fresh(
            list,
            path -> {
              KnownDigest known = way.lookAt(path);
              files.put(path, known);
              if (known.stamp().kind() == FileKind.FOLDER) {
                folders.put(path, digests.folder(path, false));
              }
              return known;
            });
    if (graph.list(list).kind() == ListKind.FOLDER && members.unreadable() == null) {
      way.addWay(graph.list(list).text(), true);
    }
    return new ListLook(begun, members, files, folders, way);
  }
}
