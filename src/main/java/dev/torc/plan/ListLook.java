package dev.torc.plan;

import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.records.JobResult.ManifestEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What one look at all members saw.
 *
 * @param begun the moment before the look
 * @param files the members by path, except in a needed folder, where {@code members} has the stamps
 * @param folders the members that are folder products
 * @param way the way to the members, or to the needed folder
 */
record ListLook(
    long begun,
    NeedMembers members,
    Map<String, KnownDigest> files,
    Map<String, FolderDigest> folders,
    PathTrail way) {

  /** Adds the members that were added, removed or moved since, even if their bytes are equal. */
  void addMoved(ListLook now, Set<String> moved) throws IOException {
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
