package dev.torc.core.decide;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.PathTrail;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state that all members of a list had when torc last looked at them.
 *
 * @param begun the moment before the look (see {@link ListLooks#now})
 * @param files the members by path; empty for a needed folder, for which {@code members} has the
 *     stamps
 * @param folders the members that are folder products
 * @param way the links and folders on the paths to the members, or to the needed folder
 */
record ListLook(
    long begun,
    NeedMembers members,
    Map<String, KnownDigest> files,
    Map<String, FolderDigest> folders,
    PathTrail way) {

  /**
   * Adds the members that were added, removed or changed since, even to equal bytes, unless the job
   * itself moved them away and back.
   */
  void addMoved(ListLook now, Set<String> returned, Set<String> moved) throws IOException {
    moved.addAll(now.way.moved(way, returned));
    if (now.members == members) {
      return; // no stamp has changed
    }
    Map<String, String> then = new HashMap<>();
    members.entries().forEach(member -> then.put(member.name(), member.now()));
    for (ManifestEntry member : now.members.entries()) {
      String name = member.name();
      if (!member.now().equals(then.remove(name))
          || !returned.contains(name) && isMoved(name, now)) {
        moved.add(shown(name));
      }
    }
    then.keySet().forEach(name -> moved.add(shown(name)));
  }

  private boolean isMoved(String name, ListLook now) {
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
