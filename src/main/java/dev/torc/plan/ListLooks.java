package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList.ListKind;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp.FileKind;
import dev.torc.records.JobResult.ManifestEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

  /**
   * What one look at all members saw.
   *
   * @param begun the moment before the look
   * @param files the members by path, except in a needed folder, where {@code members} has the
   *     stamps
   * @param folders the members that are folder products
   * @param way the way to the members, or to the needed folder
   */
  record Look(
      long begun,
      NeedMembers members,
      Map<String, KnownDigest> files,
      Map<String, FolderDigest> folders,
      PathTrail way) {

    /** Adds the members that were added, removed or moved since, even if their bytes are equal. */
    void addMoved(Look now, Set<String> moved) throws IOException {
      moved.addAll(now.way.moved(way));
      if (now.members == members) {
        return; // each member has the very stamp that it had
      }
      Map<String, String> then = new HashMap<>();
      members.entries().forEach(member -> then.put(member.name(), member.now()));
      for (ManifestEntry member : now.members.entries()) {
        String name = member.name();
        if (!member.now().equals(then.remove(name)) || isMoved(name, now)) {
          moved.add(shown(name));
        }
      }
      then.keySet().forEach(name -> moved.add(shown(name)));
    }

    private boolean isMoved(String name, Look now) {
      if (folders.containsKey(name) && now.folders.containsKey(name)) {
        return DigestMemo.moved(folders.get(name), now.folders.get(name));
      }
      KnownDigest before = files.get(name);
      KnownDigest after = now.files.get(name);
      return before != null && after != null
          ? DigestMemo.moved(before.stamp(), after.stamp())
          : members.moved(name, now.members);
    }

    private String shown(String name) {
      return folders.containsKey(name) ? name + "/" : name;
    }
  }

  /** The last look at a list. The thread that looks holds its lock. */
  private static final class Slot {
    private Look last;
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
  Look after(int list, long moment) throws IOException {
    Slot slot = slots.computeIfAbsent(list, _ -> new Slot());
    synchronized (slot) {
      Look last = slot.last;
      if (last == null || last.begun <= moment) {
        long begun = now();
        slot.last =
            stands(list, last)
                ? new Look(begun, last.members, last.files, last.folders, last.way.anew())
                : look(begun, list);
      }
      return slot.last;
    }
  }

  /**
   * Returns whether each product of needed jobs has its old stamp, by one call for each. Globs and
   * folders may have new members, so they need a real look.
   */
  private boolean stands(int list, Look last) throws IOException {
    if (last == null || !graph.list(list).ofJobs() || !last.folders.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, KnownDigest> file : last.files.entrySet()) {
      if (!digests.stamp(file.getKey()).equals(file.getValue().stamp())) {
        return false;
      }
    }
    return true;
  }

  private Look look(long begun, int list) throws IOException {
    Map<String, KnownDigest> files = new LinkedHashMap<>();
    Map<String, FolderDigest> folders = new HashMap<>();
    PathTrail way = new PathTrail(digests);
    NeedMembers members =
        contents.fresh(
            list,
            path -> {
              KnownDigest known = way.of(path);
              files.put(path, known);
              if (known.stamp().kind() == FileKind.FOLDER) {
                folders.put(path, digests.folder(path, false));
              }
              return known;
            });
    if (graph.list(list).kind() == ListKind.FOLDER && members.unreadable() == null) {
      way.take(graph.list(list).text(), true);
    }
    return new Look(begun, members, files, folders, way);
  }
}
