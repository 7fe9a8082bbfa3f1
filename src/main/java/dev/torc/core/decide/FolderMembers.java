package dev.torc.core.decide;

import dev.torc.base.digests.FolderDigest;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the members in which a folder product differs from the list stored under its digest.
 * Whether the folder differs at all is decided by the digests, not here.
 */
record FolderMembers(JobRecords records) {

  /**
   * Returns a reason for each member that differs; null if the list is not stored. {@code now} is
   * the present folder; null for none.
   */
  List<Reason> changes(RecordedProduct made, FolderDigest now) {
    if (now != null && now.digest().equals(made.digest())) {
      return List.of();
    }
    List<ManifestEntry> then = records.list(made.digest());
    if (then == null) {
      return null;
    }
    Map<String, String> gone = new HashMap<>();
    then.forEach(member -> gone.put(member.name(), member.now()));
    Map<String, Reason> changes = new TreeMap<>(FolderDigest.BYTE_ORDER);
    for (ManifestEntry member : now == null ? List.<ManifestEntry>of() : NeedMembers.entries(now)) {
      String before = gone.remove(member.name());
      if (!member.now().equals(before)) {
        Kind kind = before == null ? Kind.MEMBER_ADDED : Kind.MEMBER_CHANGED;
        String path = FolderDigest.join(made.path(), member.name());
        changes.put(path, new Reason(kind, path, before == null ? "" : before, member.now()));
      }
    }
    gone.forEach(
        (name, before) -> {
          String path = FolderDigest.join(made.path(), name);
          changes.put(path, new Reason(Kind.MEMBER_DELETED, path, before, ""));
        });
    return List.copyOf(changes.values());
  }

  /** Returns whether a job's last run made a path, as a product or as a member of a folder. */
  boolean had(int job, String path) {
    JobResult run = records.result(job);
    for (RecordedProduct made : run == null ? List.<RecordedProduct>of() : run.products()) {
      List<ManifestEntry> members =
          path.startsWith(made.path() + "/") ? records.list(made.digest()) : null;
      String inner = members == null ? "" : path.substring(made.path().length() + 1);
      if (path.equals(made.path())
          || members != null && members.stream().anyMatch(each -> each.name().equals(inner))) {
        return true;
      }
    }
    return false;
  }
}
