package dev.torc.base.digests;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FileTree.KindedName;
import dev.torc.base.posix.FolderHandle.MountedException;
import dev.torc.base.text.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The digest of a folder, and the members from which it is computed: sorted relative paths, kinds,
 * executable bits and digests. Empty folders count. A link counts by its text. In a needed folder,
 * a link to the outside also counts by its target's digest, and a link back to a folder that is
 * being digested is an error.
 *
 * @param complete whether the members are everything in the folder, except for {@code gits}
 * @param gits the paths of each {@code .git} in a product, which is not a member
 */
public record FolderDigest(
    Digest digest, List<Member> members, boolean complete, List<String> gits) {

  /** A file, folder or link below a folder, with its own stamp; a folder has no digest. */
  public record Member(String path, Stamp stamp, Digest digest) {
    public FileKind kind() {
      return stamp.kind();
    }

    /** Returns whether it is a file that its owner may execute. */
    public boolean executable() {
      return kind() == FileKind.FILE && stamp.executable();
    }
  }

  /** Returns the number of bytes in all files. */
  public long bytes() {
    return members.stream()
        .filter(member -> member.kind() == FileKind.FILE)
        .mapToLong(member -> member.stamp.size())
        .sum();
  }

  /** Orders texts by code point, like their UTF-8 bytes; {@link String#compareTo} does not. */
  public static final Comparator<String> BYTE_ORDER =
      (a, b) -> {
        int same = 0;
        int end = Math.min(a.length(), b.length());
        while (same < end && a.charAt(same) == b.charAt(same)) {
          same++;
        }
        return same == end
            ? Integer.compare(a.length(), b.length())
            : Integer.compare(rank(a.charAt(same)), rank(b.charAt(same)));
      };

  /** Names that are ignored at every depth. */
  public static final Set<String> IGNORED = Set.of(".torc", ".torc-kept", ".git", "__pycache__");

  public static boolean counts(String path) {
    return Stream.of(path.split("/")).noneMatch(IGNORED::contains);
  }

  private static int rank(char c) { // surrogates encode code points above all other characters
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  /**
   * Digests an existing folder. Relative paths are relative to {@code root}, a real path. A mount
   * point is allowed only in a needed folder. {@code files} is called on several threads, with
   * relative paths for files below the root. Throws an {@link IOException} that names a path that
   * is unreadable, is a FIFO, socket or device, or is not valid UTF-8.
   */
  static FolderDigest of(
      Path root, String path, FolderRole role, StampSource stamps, FileDigests files)
      throws IOException {
    Walk walk =
        new Walk(
            root, role, stamps, files, new ArrayDeque<>(), new HashMap<>(), new ArrayList<>(0));
    walk.within.push(new Reached(real(root.resolve(path)), path));
    return walk.folder(path);
  }

  private static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new IOException("cannot follow " + path + ": " + Refusal.why(e), e);
    }
  }

  /** A folder that is being digested, and the path or link that led to it. */
  private record Reached(Path real, String by) {}

  /**
   * One computation. {@code within} has the folders that are being digested, the last one first.
   */
  private record Walk(
      Path root,
      FolderRole role,
      StampSource stamps,
      FileDigests files,
      Deque<Reached> within,
      Map<Path, Digest> outside,
      List<String> gits) {

    FolderDigest folder(String path) throws IOException {
      List<Member> members = new ArrayList<>();
      long mount = role.needed ? 0 : mount(path + "/."); // the path may be a symlink
      boolean complete = collect(path, "", members, mount);
      members.sort(Comparator.comparing(Member::path, BYTE_ORDER));
      return new FolderDigest(digest(members), List.copyOf(members), complete, List.copyOf(gits));
    }

    /** Adds a folder's members; returns whether all count. A product must stay on its mount. */
    private boolean collect(String path, String prefix, List<Member> members, long mount)
        throws IOException {
      if (role.skips.test(path)) {
        return false;
      }
      List<KindedName> names = names(root.resolve(path), path);
      if (!role.needed
          && names.removeIf(each -> each.name().equals(GitState.GIT))
          && !isExcluded(prefix + GitState.GIT)) {
        gits.add(prefix + GitState.GIT);
      }
      boolean complete = !names.removeIf(each -> IGNORED.contains(each.name()));
      Member[] found = new Member[names.size()];
      ParallelShares.each(found.length, i -> found[i] = look(path, prefix, names.get(i)));
      for (int i = 0; i < found.length; i++) {
        Member member = found[i];
        if (member == null) {
          continue; // excluded, or removed since it was listed
        }
        if (member.kind() == FileKind.LINK) {
          Digest target = link(join(path, names.get(i).name()));
          members.add(new Member(member.path, member.stamp, target));
          continue;
        }
        if (role.excluded == null || !role.excluded.member(member.path)) {
          members.add(member);
        }
        if (member.kind() == FileKind.FOLDER) {
          String inner = join(path, names.get(i).name());
          if (!role.needed && mount(inner) != mount) {
            throw new MountedException(inner);
          }
          complete &= collect(inner, member.path + "/", members, mount);
        }
      }
      return complete;
    }

    /** Returns the number of a folder's mount; 0 on injected file systems. */
    private long mount(String path) throws IOException {
      Path folder = root.resolve(path);
      return folder.getFileSystem() == FileSystems.getDefault()
          ? FileStatus.of(folder.toString(), false).mount()
          : 0;
    }

    /** Returns a member, without the digest if it is a link; null if it does not count. */
    private Member look(String folder, String prefix, KindedName entry) throws IOException {
      String name = entry.name();
      String inner = join(folder, name);
      if (isExcluded(prefix + name)) {
        return null;
      }
      KnownDigest last = entry.kind() == FileStatus.FILE ? role.seen.apply(inner) : null;
      boolean isSeen = last != null && last.stamp().kind() == FileKind.FILE;
      Stamp stamp = isSeen ? last.stamp() : stamps.at(root, inner, false);
      if (stamp.kind() != FileKind.FOLDER
          && (role.leavesOut.test(inner)
              || role.excluded != null && role.excluded.member(prefix + name))) {
        return null;
      }
      DigestMemo.refuseOther(inner, stamp);
      if (stamp.kind() == FileKind.FILE) {
        KnownDigest known = files.of(inner, stamp);
        return known.digest() == null
            ? null
            : new Member(prefix + name, known.stamp(), known.digest());
      }
      return stamp.exists() ? new Member(prefix + name, stamp, null) : null;
    }

    private boolean isExcluded(String folder) {
      return role.excluded != null && role.excluded.whole(folder);
    }

    private Digest link(String path) throws IOException {
      Path link = root.resolve(path);
      String text;
      try {
        text = valid(path, Files.readSymbolicLink(link));
      } catch (FileSystemException e) {
        throw new IOException("cannot read the link " + path + ": " + Refusal.why(e), e);
      }
      Digest target = role.needed ? outer(path, link) : null;
      return Digest.ofText(target == null ? text : text + "\0" + target.hex());
    }

    /** Returns the digest of a link's target; null if the target is missing or in the folder. */
    private Digest outer(String path, Path link) throws IOException {
      Stamp stamp = stamps.stamp(link);
      DigestMemo.refuseOther(path, stamp);
      if (!stamp.exists()) {
        return null;
      }
      Path real = real(link);
      if (real.startsWith(within.peek().real)) {
        return null;
      }
      String target = real.startsWith(root) ? root.relativize(real).toString() : real.toString();
      if (stamp.kind() == FileKind.FILE) {
        return files.of(target, stamp).digest();
      }
      Digest known = outside.get(real);
      if (known == null) {
        if (within.stream().anyMatch(folder -> folder.real.startsWith(real))) {
          throw new IOException(path + ": this symlink leads back to its own folder" + hint(path));
        }
        within.push(new Reached(real, path));
        known = folder(target).digest();
        within.pop();
        outside.put(real, known);
      }
      return known;
    }

    /** Returns how to leave out the folder of the first link of a circle, if it has one. */
    private String hint(String last) {
      Iterator<Reached> all = within.descendingIterator();
      String needed = all.next().by;
      Path links = Path.of(all.hasNext() ? all.next().by : last).getParent();
      return links == null || links.equals(Path.of(needed))
          ? ""
          : "; exclude such links: \"!" + links + "/\"";
    }
  }

  private static List<KindedName> names(Path folder, String path) throws IOException {
    List<KindedName> names = listed(folder, path);
    for (KindedName each : names) {
      valid(folder.toString(), each);
    }
    return names;
  }

  /**
   * Returns the entries of a folder; none if it was removed since its parent was listed.
   *
   * @param path the folder's name in an error
   */
  public static List<KindedName> listed(Path folder, String path) throws IOException {
    try {
      return FileTree.kinded(folder);
    } catch (NoSuchFileException e) {
      return new ArrayList<>();
    } catch (FileSystemException e) {
      throw new IOException("cannot list " + path + ": " + Refusal.why(e), e);
    }
  }

  /** Returns the text of a name; throws if it is not valid UTF-8, whose bytes Java would lose. */
  public static String valid(String where, KindedName entry) throws IOException {
    return entry.path() == null ? entry.name() : valid(where, entry.path().getFileName());
  }

  private static String valid(String where, Path name) throws IOException {
    String text = name.toString();
    if (text.indexOf('\uFFFD') >= 0 && !name.getFileSystem().getPath(text).equals(name)) {
      throw new IOException(
          where + ": holds a name that is not valid UTF-8: " + escaped(name) + "; rename it");
    }
    return text;
  }

  /** Escapes a name. Only its URI shows the bytes that are not valid UTF-8. */
  private static String escaped(Path name) {
    String uri = name.getFileSystem().getPath("/").resolve(name).toUri().getRawPath();
    String bytes = name.isAbsolute() ? uri : uri.substring(1);
    Matcher odd = Pattern.compile("%(..)|'").matcher(bytes);
    return "$'" + odd.replaceAll(found -> Matcher.quoteReplacement(shown(found))) + "'";
  }

  private static String shown(MatchResult found) {
    int c = found.group(1) == null ? '\'' : Integer.parseInt(found.group(1), 16);
    String plain = c == '\'' || c == '\\' ? "\\" + (char) c : "" + (char) c;
    return c < ' ' || c > '~' ? "\\x%02x".formatted(c) : plain;
  }

  /** Returns the path of an entry in a folder; the folder may be empty or a dot. */
  public static String join(String folder, String name) {
    return folder.isEmpty() || folder.equals(".") || folder.equals("./")
        ? name
        : folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  /** Hashes a tag, then for each member its kind, its path, a NUL, and its digest if it has one. */
  private static Digest digest(List<Member> members) {
    MessageDigest sha = DigestUtils.getSha256Digest();
    sha.update("torc folder\0".getBytes(StandardCharsets.UTF_8));
    for (Member member : members) {
      sha.update(
          switch (member.kind()) {
            case FILE -> (byte) (member.executable() ? 'x' : 'f');
            case LINK -> (byte) 'l';
            default -> (byte) 'd';
          });
      sha.update(member.path().getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      if (member.digest() != null) {
        sha.update(member.digest().bytes());
      }
    }
    return Digest.of(sha.digest());
  }

  /**
   * How a folder is digested: as a need with folders to skip and other paths to leave out, both by
   * paths in the root, or as a product with exclusions.
   *
   * @param seen returns what is known about a file that still has its name, so that it is not
   *     looked at; null for nothing
   */
  record FolderRole(
      boolean needed,
      Predicate<String> skips,
      Predicate<String> leavesOut,
      Excluded excluded,
      Function<String, KnownDigest> seen) {

    static FolderRole needed(Predicate<String> skips, Predicate<String> leavesOut) {
      return new FolderRole(true, skips, leavesOut, null, _ -> null);
    }

    static FolderRole product(Excluded excluded) {
      return new FolderRole(false, _ -> false, _ -> false, excluded, _ -> null);
    }

    FolderRole with(Function<String, KnownDigest> seen) {
      return new FolderRole(needed, skips, leavesOut, excluded, seen);
    }
  }

  /** What a folder product excludes, by paths in the folder. The folder itself always counts. */
  public interface Excluded {

    boolean member(String path);

    /** Returns whether a folder is excluded with everything in it, so that it is not read. */
    boolean whole(String folder);
  }

  public interface Exclusions {

    /** Returns the exclusions of a folder product; null if it has none. */
    Excluded excluded(String folder);
  }

  /** Digests files for {@link FolderDigest}, so that a file that is also a need is read once. */
  @FunctionalInterface
  public interface FileDigests {

    /** Returns the digest of a file with its current stamp; null if the file has disappeared. */
    KnownDigest of(String path, Stamp fresh) throws IOException;
  }
}
