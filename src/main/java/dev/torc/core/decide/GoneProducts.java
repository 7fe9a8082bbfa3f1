package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the missing products of temporary jobs, and their recorded contents: the digest of a file,
 * and the stored list of a folder's members. {@link Temporaries} decides whether the products are
 * made again.
 */
public record GoneProducts(Graph graph, JobRecords records, DigestMemo digests) {

  private static final List<ManifestEntry> NONE = List.of();

  /** Returns the missing products of a temporary job with a good result; none for other jobs. */
  public List<RecordedProduct> of(int job) {
    JobResult result = graph.isTemporary(job) ? records.result(job) : null;
    return result == null || !result.outcome().isGood()
        ? List.of()
        : result.products().stream().filter(made -> isGone(made.path())).toList();
  }

  /** Returns whether a product is missing; false if that cannot be found out. */
  public boolean isGone(String path) {
    return Io.or(() -> !digests.seen(path).stamp().exists() || digests.isBare(path), false);
  }

  /** Returns the recorded digest of a missing product, or of a file in one; else null. */
  Digest digest(int job, String path) {
    for (RecordedProduct made : of(job)) {
      if (made.path().equals(path)) {
        return made.digest();
      }
      for (ManifestEntry member : path.startsWith(made.path() + "/") ? members(made) : NONE) {
        if (member.name().equals(path)) {
          return NeedMembers.product(member);
        }
      }
    }
    return null;
  }

  /** Returns whether the records have the members that a product would add to a list. */
  boolean tells(NeedList list, RecordedProduct made) {
    return switch (list.kind()) {
      case JOB, SOME -> true;
      case GLOB -> made.kind() == Stamp.FileKind.FILE || tells(made);
      case FOLDER -> list.liesIn(made.path()) && tells(made);
    };
  }

  /**
   * Returns whether the records have the contents of a folder. With symlinks in the folder they do
   * not: the digest of a symlink covers its text alone.
   */
  public boolean tells(RecordedProduct made) {
    List<ManifestEntry> stored =
        made.kind() == Stamp.FileKind.FOLDER ? records.list(made.digest()) : null;
    return stored != null && stored.stream().noneMatch(NeedMembers::isLink);
  }

  /** Returns the recorded members that a job's missing products would add to a glob or folder. */
  List<ManifestEntry> members(NeedList list, int job) {
    boolean glob = list.kind() == NeedList.ListKind.GLOB;
    List<ManifestEntry> members = new ArrayList<>(0);
    for (RecordedProduct made : of(job)) {
      for (ManifestEntry each : tells(list, made) ? members(made) : NONE) {
        Digest file = NeedMembers.product(each);
        boolean found = list.covers(each.name()) && !list.excludes(each.name());
        if (found && (!glob || file != null)) {
          members.add(NeedMembers.entry(list.named(each.name()), glob ? file.hex() : each.now()));
        }
      }
    }
    return members;
  }

  /** Returns the paths of the symlinks that a product is or holds. */
  List<String> links(RecordedProduct made) {
    return made.isLink()
        ? List.of(made.path())
        : members(made).stream().filter(NeedMembers::isLink).map(ManifestEntry::name).toList();
  }

  /** Returns the entry of a file, or the entries of a folder's members. */
  private List<ManifestEntry> members(RecordedProduct made) {
    if (made.kind() == Stamp.FileKind.FILE) {
      return List.of(NeedMembers.entry(made.path(), made.digest().hex()));
    }
    List<ManifestEntry> stored = records.list(made.digest());
    return stored == null
        ? NONE
        : stored.stream()
            .map(each -> NeedMembers.entry(made.path() + "/" + each.name(), each.now()))
            .toList();
  }

  /** Returns the lists of folder products that an older torc made without storing a list. */
  public Map<Digest, List<ManifestEntry>> untold(int job) {
    List<FolderDigest> folders =
        records.result(job).products().stream()
            .filter(made -> made.kind() == Stamp.FileKind.FOLDER)
            .filter(made -> records.list(made.digest()) == null)
            .map(made -> Io.or(() -> digests.folder(made.path(), false), null))
            .filter(Objects::nonNull) // without a list, it is made again when needed
            .toList();
    return NeedMembers.lists(folders);
  }
}
