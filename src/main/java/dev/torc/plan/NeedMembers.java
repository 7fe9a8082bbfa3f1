package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.syntax.NaturalOrder;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The members of a needed glob, folder or job at one moment.
 *
 * @param entries paths with their digests, sorted by path
 * @param files the paths of the files among them, in the {@link NaturalOrder} in which jobs get
 *     them
 * @param reordered whether that is another order than that of the entries
 * @param digest the digest of all entries
 * @param stale files that the list matches but that do not count: torc made them, no job declares
 *     them any more, and they are unmodified
 * @param stamps in a needed folder, the stamps of the entries and all folders by path; else empty
 * @param leftOut the failed jobs whose products are no members; null for none
 */
public record NeedMembers(
    List<ManifestEntry> entries,
    List<String> files,
    boolean reordered,
    Digest digest,
    List<OwnedPath> stale,
    Map<String, Stamp> stamps,
    LeftOut leftOut) {

  private static final NaturalOrder ORDER = new NaturalOrder();

  private static final String EXECUTABLE = " executable";
  private static final String LINK = "link ";

  /** Creates the members, with their digest and the order of their files. */
  static NeedMembers of(
      List<ManifestEntry> entries,
      List<OwnedPath> stale,
      Map<String, Stamp> stamps,
      LeftOut leftOut) {
    ManifestHash hash = new ManifestHash();
    List<String> files = new ArrayList<>(entries.size());
    boolean reordered = false;
    for (ManifestEntry entry : entries) {
      hash.text(LineKind.of(entry.code()), entry.name(), entry.now());
      if (entry.code() == LineKind.NEED.ordinal() && !entry.now().equals("folder")) {
        reordered |= !files.isEmpty() && ORDER.compare(files.getLast(), entry.name()) > 0;
        files.add(entry.name());
      }
    }
    if (reordered) {
      files.sort(ORDER);
    }
    return new NeedMembers(
        List.copyOf(entries),
        List.copyOf(files),
        reordered,
        hash.digest(),
        List.copyOf(stale),
        stamps,
        leftOut);
  }

  static ManifestEntry entry(String path, String value) {
    return new ManifestEntry(LineKind.NEED.ordinal(), path, "", value);
  }

  static List<ManifestEntry> entries(FolderDigest folder) {
    return folder.members().stream().map(NeedMembers::entry).toList();
  }

  /** Returns the member lists of folder products by digest, to be stored. */
  public static Map<Digest, List<ManifestEntry>> lists(List<FolderDigest> folders) {
    Map<Digest, List<ManifestEntry>> lists = new HashMap<>();
    folders.forEach(folder -> lists.put(folder.digest(), entries(folder)));
    return lists;
  }

  /** Returns a member of a folder: its digest, and a mark if it is executable. */
  static ManifestEntry entry(FolderDigest.Member member) {
    return entry(
        member.path(),
        switch (member.kind()) {
          case FILE -> member.digest().hex() + (member.executable() ? EXECUTABLE : "");
          case LINK -> LINK + member.digest().hex();
          default -> "folder";
        });
  }

  static boolean isLink(ManifestEntry member) {
    return member.now().startsWith(LINK);
  }

  /** Returns the digest by which a file of a folder counts as a product; null if it is no file. */
  static Digest product(ManifestEntry member) {
    String value = member.now();
    if (value.endsWith(EXECUTABLE)) {
      String hex = value.substring(0, value.length() - EXECUTABLE.length());
      return Digest.ofHex(hex).executable();
    }
    return value.length() == 2 * Digest.LENGTH ? Digest.ofHex(value) : null;
  }

  /**
   * Returns the name of a job without products as a member: its values alone, since the names of
   * job and group do not count. No path begins with two slashes.
   */
  static String nameOf(Job job) {
    return job.group() == null ? "//" : "//" + job.name().substring(job.group().length() + 1);
  }

  /** Returns a member's name for people; {@code written} is the name of its list. */
  static String shown(ManifestEntry member, String written) {
    if (member.code() != LineKind.LIST.ordinal()) {
      return member.name();
    }
    String values = member.name().substring("//".length());
    String name = Ref.OfJob.name(written);
    return "job " + (values.isEmpty() ? name : InstanceName.parse(name).group() + "/" + values);
  }

  /** Returns the first member that cannot be looked at or read; null if there is none. */
  public ManifestEntry unreadable() {
    for (ManifestEntry entry : entries) {
      if (entry.now().startsWith(ManifestWriter.UNREADABLE)) {
        return entry;
      }
    }
    return null;
  }

  /** Returns whether a file of a folder moved since (rule 6), even if its bytes are equal. */
  boolean moved(String path, NeedMembers now) {
    return stamps.containsKey(path)
        && now.stamps.containsKey(path)
        && DigestMemo.moved(stamps.get(path), now.stamps.get(path));
  }
}
