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
 * What a needed glob, folder or job holds at one moment.
 *
 * @param entries paths with their digests, sorted by path
 * @param files the paths of the files among the entries, as jobs get them: in {@link NaturalOrder}
 * @param reordered whether that is another order than that of the entries
 * @param digest the digest of all entries
 * @param stale files that torc made, that no job declares any more and that stand unaltered where
 *     the glob or folder would match them: they do not count
 * @param stamps the stamps of the entries of a folder, and of all folders in it, by path; empty for
 *     a glob or job
 * @param leftOut the jobs whose products are no members since they failed; null where there is none
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

  /** Digests the entries, and puts their files in order. */
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

  /** Returns the lists to be stored for folder products, by their digests. */
  public static Map<Digest, List<ManifestEntry>> lists(List<FolderDigest> folders) {
    Map<Digest, List<ManifestEntry>> lists = new HashMap<>();
    folders.forEach(folder -> lists.put(folder.digest(), entries(folder)));
    return lists;
  }

  /** Returns a member of a folder: a file by its digest, with a mark if it is executable. */
  static ManifestEntry entry(FolderDigest.Member member) {
    return entry(
        member.path(),
        switch (member.kind()) {
          case FILE -> member.digest().hex() + (member.executable() ? EXECUTABLE : "");
          case LINK -> LINK + member.digest().hex();
          default -> "folder";
        });
  }

  /** Returns whether a member of a folder is a link. */
  static boolean isLink(ManifestEntry member) {
    return member.now().startsWith(LINK);
  }

  /**
   * Returns the digest by which a file of a folder counts as a product; null for what is no file.
   */
  static Digest product(ManifestEntry member) {
    String value = member.now();
    if (value.endsWith(EXECUTABLE)) {
      String hex = value.substring(0, value.length() - EXECUTABLE.length());
      return Digest.ofHex(hex).executable();
    }
    return value.length() == 2 * Digest.LENGTH ? Digest.ofHex(value) : null;
  }

  /**
   * Returns the name of a job without products among the members of a list: its values alone, since
   * neither its own name nor its group's counts. No path has two slashes.
   */
  static String nameOf(Job job) {
    return job.group() == null ? "//" : "//" + job.name().substring(job.group().length() + 1);
  }

  /** Returns the name of a member for people; {@code written} is its list as the needs have it. */
  static String shown(ManifestEntry member, String written) {
    if (member.code() != LineKind.LIST.ordinal()) {
      return member.name();
    }
    String values = member.name().substring("//".length());
    String name = Ref.OfJob.name(written);
    return "job " + (values.isEmpty() ? name : InstanceName.parse(name).group() + "/" + values);
  }

  /** Returns the first member that cannot be looked at or read, null if there is none. */
  public ManifestEntry unreadable() {
    for (ManifestEntry entry : entries) {
      if (entry.now().startsWith(ManifestWriter.UNREADABLE)) {
        return entry;
      }
    }
    return null;
  }

  /** Returns whether a file of a folder moved since (rule 6), though it may hold the same bytes. */
  boolean moved(String path, NeedMembers now) {
    return stamps.containsKey(path)
        && now.stamps.containsKey(path)
        && DigestMemo.moved(stamps.get(path), now.stamps.get(path));
  }
}
