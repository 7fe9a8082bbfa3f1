package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.ListMakers.Led;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ManifestHash;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The members of a needed glob, folder or job at one moment.
 *
 * @param entries the members with their digests, sorted by path, or in the order of the rows
 * @param files the paths of the files among the entries, in the order in which jobs get them: that
 *     of the rows, or else the {@link NaturalOrder}
 * @param reordered whether {@code files} has another order than {@code entries}
 * @param digest the digest of all entries
 * @param stamps for a needed folder, the stamps of its entries and of all folders in it, by path;
 *     else empty
 * @param leftOut the failed jobs whose products are missing from the list; null for none
 */
public record NeedMembers(
    List<ManifestEntry> entries,
    List<String> files,
    boolean reordered,
    Digest digest,
    Beside beside,
    Map<String, Stamp> stamps,
    LeftOut leftOut) {

  /**
   * Notes about the files that a look found.
   *
   * @param stale files that match the list but are not members: torc made them, no job declares
   *     them anymore, and they are unmodified
   * @param led members that lead to products of jobs that the list does not name
   */
  record Beside(List<OwnedPath> stale, List<Led> led) {

    static Beside none() {
      return new Beside(new ArrayList<>(0), new ArrayList<>(0));
    }
  }

  static final NaturalOrder ORDER = new NaturalOrder();

  /** The start of an error message, before the path. */
  private static final Pattern CANNOT = Pattern.compile("^cannot (look at|list|read( the link)?) ");

  private static final String EXECUTABLE = " executable";
  private static final String LINK = "link ";

  /**
   * Creates the members and computes their digest and the order of the files, or takes these from
   * an earlier look at the list if that found the same; null for none.
   */
  static NeedMembers of(
      NeedList list,
      List<ManifestEntry> entries,
      Beside beside,
      Map<String, Stamp> stamps,
      LeftOut leftOut,
      NeedMembers last) {
    if (last != null && isSame(last.entries, entries)) {
      return new NeedMembers(
          last.entries, last.files, last.reordered, last.digest, beside, stamps, leftOut);
    }
    ManifestHash hash = new ManifestHash();
    List<String> files = new ArrayList<>(entries.size());
    boolean reordered = false;
    for (ManifestEntry entry : entries) {
      hash.text(LineKind.of(entry.code()), entry.name(), entry.now());
      if (LineKind.NEED.is(entry) && !entry.now().equals("folder")) {
        reordered |=
            !list.rows() && !files.isEmpty() && ORDER.compare(files.getLast(), entry.name()) > 0;
        files.add(entry.name());
      }
    }
    if (reordered) {
      files.sort(ORDER);
    }
    List<ManifestEntry> all = List.copyOf(entries);
    Digest digest = hash.digest();
    return new NeedMembers(all, List.copyOf(files), reordered, digest, beside, stamps, leftOut);
  }

  private static boolean isSame(List<ManifestEntry> one, List<ManifestEntry> other) {
    return one.size() == other.size()
        && IntStream.range(0, one.size()).allMatch(i -> one.get(i).isLike(other.get(i)));
  }

  /** Returns the members of an unreadable list: one that holds the error. */
  static NeedMembers unlisted(NeedList list, Path root, IOException e) {
    String line = CANNOT.matcher(Refusal.line(e)).replaceFirst("");
    String below = line.startsWith(root + "/") ? line.substring((root + "/").length()) : line;
    String self = list.text() + ": "; // the entry has the list's own name
    String why = below.startsWith(self) ? below.substring(self.length()) : below;
    ManifestEntry entry = entry(list.written(), new Content.Unreadable(why).value());
    return of(list, List.of(entry), Beside.none(), Map.of(), null, null);
  }

  /** Returns the stale files that match the list. */
  public List<OwnedPath> stale() {
    return beside.stale;
  }

  List<Led> led() {
    return beside.led;
  }

  static ManifestEntry entry(String path, String value) {
    return LineKind.NEED.line(path, value);
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

  /** Returns the entry of a folder's member: its digest, and a mark if it is executable. */
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

  /** Returns the digest that a file in a folder has as a product; null if it is not a file. */
  static Digest product(ManifestEntry member) {
    String value = member.now();
    if (value.endsWith(EXECUTABLE)) {
      return Digest.ofHex(value.substring(0, value.length() - EXECUTABLE.length())).executable();
    }
    return value.length() == 2 * Digest.LENGTH ? Digest.ofHex(value) : null;
  }

  /** Returns a file or symlink in a folder product as if it were a product; null for others. */
  static OwnedPath owned(String path, ManifestEntry member, OwnedPath folder) {
    Digest digest =
        isLink(member) ? Digest.ofHex(member.now().substring(LINK.length())) : product(member);
    FileKind kind = isLink(member) ? FileKind.LINK : FileKind.FILE;
    return digest == null
        ? null
        : new OwnedPath(path, kind, digest, folder.job(), folder.whose(), null, folder.build());
  }

  /**
   * Returns the name of the entry for a job without products: its values alone, since manifests
   * ignore the names of job and group. The name begins with two slashes, as no path does.
   */
  static String nameOf(Job job) {
    return job.group() == null ? "//" : "//" + job.name().substring(job.group().length() + 1);
  }

  /** Returns a member's name to show in messages; {@code written} is the name of its list. */
  static String shown(ManifestEntry member, String written) {
    if (!LineKind.LIST.is(member)) {
      return member.name();
    }
    String values = member.name().substring("//".length());
    String name = Ref.OfJob.name(written);
    return "job " + (values.isEmpty() ? name : InstanceName.parse(name).group() + "/" + values);
  }

  /** Returns the first member that cannot be read; null if there is none. */
  public ManifestEntry unreadable() {
    return entries.stream()
        .filter(entry -> entry.now().startsWith(ManifestWriter.UNREADABLE))
        .findFirst()
        .orElse(null);
  }

  /** Returns whether a file in a folder changed since (rule 6), even to equal bytes. */
  boolean moved(String path, NeedMembers now) {
    return stamps.containsKey(path)
        && now.stamps.containsKey(path)
        && DigestMemo.moved(stamps.get(path), now.stamps.get(path));
  }
}
