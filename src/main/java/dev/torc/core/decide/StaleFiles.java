package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.BuildRecord.Said;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Finds leftovers (rule 13): unmodified files that a job of this root recorded last and that no job
 * declares anymore. They are no source of any job. Which recorded paths are undeclared depends on
 * the graph alone: the paths of the last build are used again if it had the same graph. Otherwise
 * all records are read, once, when the first source is looked at. Several threads may use this
 * class.
 */
public final class StaleFiles {

  /** What the command knows besides records and graph; it decides whose a file is. */
  public interface Outside {

    /** Returns the build files and variables of this call. */
    Said said();

    /**
     * Returns whether a call had other build files, and these still exist: then such a call may
     * declare its products again.
     */
    boolean isOther(Said then);

    /** Returns the undeclared paths that the last build found with this graph; null if unknown. */
    List<String> undeclared(Graph graph);

    /** Returns the files at these paths and below them that git tracks. */
    Collection<String> tracked(Collection<String> paths);
  }

  /** The owner of a file that torc made and no job declares. */
  public enum Owner {
    /** No call and no user: the file is a leftover. */
    LEFTOVER,
    /** A call with other {@code -D} or another {@code -f}, which still declares the file. */
    OTHER_CALL,
    /** The user, since git tracks the file. */
    USER
  }

  /** An unmodified file that torc made and no job declares. */
  public record Undeclared(OwnedPath owned, Owner owner) {}

  private final Graph graph;
  private final JobRecords records;
  private final DigestMemo digests;
  private final Outside outside;
  private final OtherSettings others;
  private final RealNames names;
  private Set<String> undeclared; // null until needed
  private TreeSet<String> tracked; // null until needed
  private final Map<String, Owner> owners = new ConcurrentHashMap<>(0);
  private final Map<String, Map<String, ManifestEntry>> members = new ConcurrentHashMap<>(0);
  private final Map<String, String> remarks = new ConcurrentHashMap<>(0);

  StaleFiles(Graph graph, JobRecords records, DigestMemo digests, Outside outside) {
    this.graph = graph;
    this.records = records;
    this.digests = digests;
    this.outside = outside;
    this.others = new OtherSettings(graph, records.cache(), outside.said());
    this.names = new RealNames(graph, records);
  }

  /**
   * Returns the recorded paths that no job declares, whatever is there now; those of adopted
   * products are left out. An open group counts as declaring none.
   */
  public synchronized Set<String> undeclared() {
    if (undeclared == null) {
      List<String> last = outside.undeclared(graph);
      undeclared = new TreeSet<>(last == null ? List.of() : last);
      if (last == null) {
        records.cache().eachOwned(this::addUndeclared);
      }
    }
    return undeclared;
  }

  private void addUndeclared(OwnedPath owned) {
    int maker = graph.makerAt(owned.path());
    int job = graph.jobId(owned.job());
    boolean declared =
        maker >= 0 && !graph.isOpen(maker)
            || job >= 0 && owned.path().equals(graph.job(job).depfile());
    if (!owned.adopted() && !declared) {
      undeclared.add(owned.path());
    }
  }

  /** Returns the leftover at a path without a maker; null if there is none. */
  public OwnedPath at(String path) {
    Undeclared found = of(path);
    if (found == null || found.owner == Owner.LEFTOVER) {
      return found == null ? null : found.owned;
    }
    note(found);
    return null;
  }

  /** Returns the file at a path without a maker if torc made it and it is unmodified; else null. */
  public Undeclared of(String path) {
    OwnedPath owned = undeclared().isEmpty() ? null : made(path);
    return owned == null || owned.adopted() || !isUnmodified(owned)
        ? null
        : new Undeclared(owned, owners.computeIfAbsent(owned.path(), _ -> owner(owned)));
  }

  private OwnedPath made(String path) {
    OwnedPath made = recorded(path);
    String real = made == null ? names.of(path) : path;
    return real.equals(path) ? made : recorded(real);
  }

  private OwnedPath recorded(String path) {
    if (undeclared.contains(path)) {
      return records.owned(path);
    }
    OwnedPath folder = member(path);
    OwnedPath own = folder == null ? null : records.owned(path); // set if it was adopted
    return own == null ? folder : own;
  }

  /** Returns a member of an undeclared folder product, as if it were a product; else null. */
  private OwnedPath member(String path) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String above = path.substring(0, end);
      OwnedPath folder = undeclared.contains(above) ? records.owned(above) : null;
      if (folder != null && folder.kind() == FileKind.FOLDER) {
        ManifestEntry member = members(folder).get(path.substring(end + 1));
        return member == null ? null : NeedMembers.owned(path, member, folder);
      }
    }
    return null;
  }

  private Map<String, ManifestEntry> members(OwnedPath folder) {
    return members.computeIfAbsent(
        folder.path(),
        _ ->
            Objects.requireNonNullElse(records.list(folder.digest()), List.<ManifestEntry>of())
                .stream()
                .collect(Collectors.toMap(ManifestEntry::name, each -> each)));
  }

  private boolean isUnmodified(OwnedPath owned) {
    try {
      Digest now =
          switch (owned.kind()) {
            case FILE -> digests.seen(owned.path()).product();
            case LINK -> digests.digestNow(owned.path(), FileKind.LINK);
            default -> null;
          };
      return owned.digest().equals(now) && !isBehindNewLink(owned);
    } catch (IOException e) {
      return false; // the job that reads the file reports it
    }
  }

  /** Returns whether a folder above became a link since: what is behind it may be the user's. */
  private boolean isBehindNewLink(OwnedPath owned) throws IOException {
    for (Path at = Path.of(owned.path()).getParent(); at != null; at = at.getParent()) {
      Stamp there = digests.linkStamp(at.toString());
      if (there.kind() == FileKind.LINK && there.ctime() > others.began(owned)) {
        return true;
      }
    }
    return false;
  }

  private Owner owner(OwnedPath owned) {
    return isTracked(owned.path())
        ? Owner.USER
        : isOfOtherCall(owned) ? Owner.OTHER_CALL : Owner.LEFTOVER;
  }

  /** Returns whether another {@code -f} or other {@code -D} made a product. */
  public boolean isOfOtherCall(OwnedPath owned) {
    return others.made(owned) || otherFiles(owned) != null;
  }

  /** Returns whether the same job made a product under other {@code -D} or another {@code -f}. */
  public boolean isOfOtherSettings(OwnedPath owned) {
    return others.made(owned);
  }

  /** Returns the build files of a call that may still declare a product; null if there are none. */
  public List<String> otherFiles(OwnedPath owned) {
    Said then = others.said(owned);
    return then != null && outside.isOther(then) ? then.files() : null;
  }

  /** Returns whether git tracks an undeclared product, or a file in it. */
  public synchronized boolean isTracked(String path) {
    tracked = tracked == null ? new TreeSet<>(outside.tracked(undeclared())) : tracked;
    String below = tracked.ceiling(path + "/");
    return tracked.contains(path) || below != null && below.startsWith(path + "/");
  }

  /** Notes that a file with an owner counts as a source, for {@link #remarks}. */
  void note(Undeclared found) {
    remarks.computeIfAbsent(found.owned.path(), _ -> line(found));
  }

  /** Returns a line that says whose file it is. */
  public String line(Undeclared found) {
    OwnedPath owned = found.owned;
    String path = SafeText.name(owned.path());
    if (found.owner == Owner.LEFTOVER) {
      return path + " is a leftover, which " + told(owned);
    }
    Said then = others.said(owned);
    String call =
        then == null || then.files().equals(outside.said().files())
            ? "a call with other -D made it"
            : "`torc -f %s` made it".formatted(String.join(" -f ", then.files()));
    return "%s counts as a source, though %s made it%s: %s"
        .formatted(
            path,
            SafeText.name(owned.job()),
            owned.build() == 0 ? "" : " in build " + owned.build(),
            found.owner == Owner.USER ? "git tracks it" : call);
  }

  /**
   * Returns a line for each source so far that torc made, and for each leftover that was read with
   * the build files.
   */
  public Collection<String> remarks() {
    TreeSet<String> lines = new TreeSet<>(remarks.values());
    if (!undeclared().isEmpty()) {
      Path root = graph.workflow().root();
      for (Path file : graph.workflow().settings().sources().files()) {
        Undeclared found = file.startsWith(root) ? of(root.relativize(file).toString()) : null;
        if (found != null) {
          lines.add(line(found));
        }
      }
    }
    return lines;
  }

  /** Returns until when which job made a leftover, and what to do, for a message. */
  public static String told(OwnedPath owned) {
    return Reason.leftover(owned.path(), owned.job(), build(owned));
  }

  /** Returns why an instance cannot run that needs a leftover at {@code path} by its values. */
  static Reason reason(String path, OwnedPath owned) {
    return new Reason(Kind.NEED_LEFTOVER, path, owned.job(), build(owned));
  }

  private static String build(OwnedPath owned) {
    return owned.build() == 0 ? "" : Long.toString(owned.build());
  }
}
