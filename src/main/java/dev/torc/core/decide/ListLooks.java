package dev.torc.core.decide;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.PathTrail;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList.ListKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at all members of a needed glob, folder, job or group once for all of its readers (rule 6).
 * A look that began after a reader ended sees every change that happened while the reader ran, even
 * if the look was made for another reader. So for a thousand readers of a thousand files, torc does
 * not look at each file two thousand times. Moments are counted, not read from a clock. {@link
 * NeedSnapshot} decides what a change means. Several threads may use this class.
 */
final class ListLooks {

  /** The last look at a list. The thread that looks holds the slot's monitor. */
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

  /** Returns a new moment, later than all earlier ones. */
  long now() {
    return moments.incrementAndGet();
  }

  /** Returns a look that began after a moment: another reader's if there is one, else a new one. */
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
   * Returns whether each product of needed jobs still has its stamp, with one system call per
   * product. Globs and folders may have new members, so for them the answer is false.
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
