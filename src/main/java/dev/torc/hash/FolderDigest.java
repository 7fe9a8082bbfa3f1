package dev.torc.hash;

import dev.torc.hash.Digest.KnownDigest;
import dev.torc.posix.FileStatus;
import dev.torc.posix.FileTree;
import dev.torc.posix.FolderHandle.MountedException;
import dev.torc.text.Refusal;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The digest of a folder, by the members it was computed from: sorted relative paths, kinds,
 * executable bits and digests. Empty folders count. It reads no files; the {@link FileDigests} that
 * it is given do.
 *
 * <p>An inner link counts by its target's text. In a needed folder one that leads out of the folder
 * counts by its target's digest too; one that leads back to where it is being followed from is an
 * error.
 *
 * @param members sorted by {@link #BYTE_ORDER} of their paths
 * @param complete whether all that stands in it counts; see {@link #IGNORED}
 */
public record FolderDigest(Digest digest, List<Member> members, boolean complete) {

  /**
   * What stands below a folder.
   *
   * @param path relative to the folder
   * @param stamp of the member itself, links not followed
   * @param digest of a file's bytes or of a link's target; null for a folder
   */
  public record Member(String path, Stamp stamp, Digest digest) {
    /** Returns whether it is a file, a folder or a link. */
    public Stamp.FileKind kind() {
      return stamp.kind();
    }

    /** Returns whether the owner may execute it; only of files. */
    public boolean executable() {
      return kind() == Stamp.FileKind.FILE && stamp.executable();
    }
  }

  /** Returns the bytes of all files in it. */
  public long bytes() {
    long sum = 0;
    for (Member member : members) {
      sum += member.kind() == Stamp.FileKind.FILE ? member.stamp().size() : 0;
    }
    return sum;
  }

  /** Orders texts as their UTF-8 bytes are ordered: by code point, unlike String. */
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

  /** Names that never count, at any depth. */
  public static final Set<String> IGNORED = Set.of(".torc", ".torc-kept", ".git", "__pycache__");

  /** Returns whether no part of a path has a name that never counts. */
  public static boolean counts(String path) {
    for (String part : path.split("/")) {
      if (IGNORED.contains(part)) {
        return false;
      }
    }
    return true;
  }

  private static int rank(char c) { // surrogates stand for code points above all other characters
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  /**
   * Digests a folder that is there.
   *
   * @param root the folder from which relative paths start; a real path
   * @param path of the folder
   * @param needed whether links that lead out are followed
   * @param skips whether a folder in it is not entered
   * @param excluded see {@link Excluded}; null where all counts
   * @param files called with paths like {@code path}: relative to the root where they are below it;
   *     for many files in one folder, on several threads
   * @throws IOException with a line that names the path: what cannot be read, a FIFO or device, a
   *     name that is no valid UTF-8, a loop of links, a mount point in a folder that is not needed
   */
  public static FolderDigest of(
      Path root,
      String path,
      boolean needed,
      Predicate<String> skips,
      Excluded excluded,
      StampSource stamps,
      FileDigests files)
      throws IOException {
    Walk walk =
        new Walk(root, needed, skips, excluded, stamps, files, new ArrayDeque<>(), new HashMap<>());
    walk.within.push(real(root.resolve(path)));
    return walk.folder(path);
  }

  private static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new IOException("cannot follow " + path + ": " + Refusal.why(e), e);
    }
  }

  /**
   * One computation; it may reach several folders through links.
   *
   * @param within real paths of the folders being digested
   */
  private record Walk(
      Path root,
      boolean needed,
      Predicate<String> skips,
      Excluded excluded,
      StampSource stamps,
      FileDigests files,
      Deque<Path> within,
      Map<Path, Digest> outside) {

    FolderDigest folder(String path) throws IOException {
      List<Member> members = new ArrayList<>();
      long mount = needed ? 0 : mount(path + "/."); // it may be a link
      boolean complete = collect(path, "", members, mount);
      members.sort(Comparator.comparing(Member::path, BYTE_ORDER));
      return new FolderDigest(digest(members), List.copyOf(members), complete);
    }

    /**
     * Adds what stands in a folder; returns whether all of it counts.
     *
     * @param mount the one on which all of a product's folders have to lie
     */
    private boolean collect(String path, String prefix, List<Member> members, long mount)
        throws IOException {
      if (skips.test(path)) {
        return false;
      }
      List<String> names = names(root.resolve(path), path);
      boolean complete = !names.removeIf(IGNORED::contains);
      Member[] found = new Member[names.size()];
      ParallelShares.each(found.length, i -> found[i] = look(path, prefix, names.get(i)));
      for (int i = 0; i < found.length; i++) {
        Member member = found[i];
        if (member == null) {
          continue; // excluded, or gone since it was listed
        }
        if (member.kind() == Stamp.FileKind.LINK) {
          Digest target = link(join(path, names.get(i)));
          members.add(new Member(member.path, member.stamp, target));
          continue;
        }
        if (excluded == null || !excluded.member(member.path)) {
          members.add(member);
        }
        if (member.kind() == Stamp.FileKind.FOLDER) {
          String inner = join(path, names.get(i));
          if (!needed && mount(inner) != mount) {
            throw new MountedException(inner);
          }
          complete &= collect(inner, member.path + "/", members, mount);
        }
      }
      return complete;
    }

    /**
     * Returns the mount by which a folder is reached; on other file systems than the machine's, 0.
     */
    private long mount(String path) throws IOException {
      Path folder = root.resolve(path);
      return folder.getFileSystem() == FileSystems.getDefault()
          ? FileStatus.of(folder.toString(), false).mount()
          : 0;
    }

    /** Returns the member of a name, a link still without its digest; null where none counts. */
    private Member look(String folder, String prefix, String name) throws IOException {
      String inner = join(folder, name);
      if (excluded != null && excluded.whole(prefix + name)) {
        return null;
      }
      Stamp stamp = stamps.at(root, inner, false);
      if (excluded != null
          && stamp.kind() != Stamp.FileKind.FOLDER
          && excluded.member(prefix + name)) {
        return null;
      }
      DigestMemo.refuseOther(inner, stamp);
      if (stamp.kind() == Stamp.FileKind.FILE) {
        KnownDigest known = files.of(inner, stamp);
        return known.digest() == null
            ? null
            : new Member(prefix + name, known.stamp(), known.digest());
      }
      return stamp.exists() ? new Member(prefix + name, stamp, null) : null;
    }

    private Digest link(String path) throws IOException {
      Path link = root.resolve(path);
      String text;
      try {
        text = valid(path, Files.readSymbolicLink(link));
      } catch (FileSystemException e) {
        throw new IOException("cannot read the link " + path + ": " + Refusal.why(e), e);
      }
      Digest target = needed ? outer(path, link) : null;
      return Digest.ofText(target == null ? text : text + "\0" + target.hex());
    }

    /** Returns the digest of a link's target, or null where that is inside or missing. */
    private Digest outer(String path, Path link) throws IOException {
      Stamp stamp = stamps.stamp(link);
      DigestMemo.refuseOther(path, stamp);
      if (!stamp.exists()) {
        return null;
      }
      Path real = real(link);
      if (real.startsWith(within.peek())) {
        return null;
      }
      String target = real.startsWith(root) ? root.relativize(real).toString() : real.toString();
      if (stamp.kind() == Stamp.FileKind.FILE) {
        return files.of(target, stamp).digest();
      }
      Digest known = outside.get(real);
      if (known == null) {
        if (within.stream().anyMatch(folder -> folder.startsWith(real))) {
          throw new IOException(path + ": this symlink leads back to its own folder");
        }
        within.push(real);
        known = folder(target).digest();
        within.pop();
        outside.put(real, known);
      }
      return known;
    }
  }

  private static List<String> names(Path folder, String path) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (Path entry : FileTree.entries(folder)) {
        names.add(valid(folder.toString(), entry.getFileName()));
      }
    } catch (NoSuchFileException e) {
      return new ArrayList<>(); // gone since its parent was listed
    } catch (FileSystemException e) {
      throw new IOException("cannot list " + path + ": " + Refusal.why(e), e);
    }
    return names;
  }

  /**
   * Returns the text of a name. Java puts U+FFFD where the bytes are no UTF-8, so it loses these
   * bytes.
   *
   * @throws IOException with a line that has such bytes in the {@code $'…'} form of bash
   */
  public static String valid(String where, Path name) throws IOException {
    String text = name.toString();
    if (text.indexOf('\uFFFD') >= 0 && !name.getFileSystem().getPath(text).equals(name)) {
      throw new IOException(
          where + ": holds a name that is not valid UTF-8: " + escaped(name) + "; rename it");
    }
    return text;
  }

  /** Returns a URI gives the bytes of a name; nothing else in Java does. */
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

  /** Returns the path of an entry of a folder; the root is empty or a dot. */
  public static String join(String folder, String name) {
    if (folder.isEmpty() || folder.equals(".") || folder.equals("./")) {
      return name;
    }
    return folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  /**
   * Returns the format: a tag, then of each member kind, executable bit, path, NUL, digest if any.
   */
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
   * The exclusions of a folder product, by paths in the folder. A folder of which only some members
   * are excluded still counts itself.
   */
  public interface Excluded {

    /** Returns whether a path is excluded by itself. */
    boolean member(String path);

    /** Returns whether a folder is excluded with all that it holds: it is not entered. */
    boolean whole(String folder);
  }

  /** The exclusions of all folder products. */
  public interface Exclusions {

    /** Returns the exclusions of a folder product; null if it has none. */
    Excluded excluded(String folder);
  }

  /**
   * The digests of files, as {@link FolderDigest} asks for them: so a file that is needed by itself
   * and in a folder is read once.
   */
  @FunctionalInterface
  public interface FileDigests {

    /**
     * Returns the digest of a file.
     *
     * @param path relative to the root or absolute, with {@code /} between names
     * @param fresh the stamp it was just seen with
     * @return what is known of it; its digest is null where the file is gone by now
     */
    KnownDigest of(String path, Stamp fresh) throws IOException;
  }
}
